/** What a flow remembers while it goes through the browser: sealed, and good in the browser that it was made for alone. */
import { sha256 } from '../kit/hash.ts'
import type { RootSecret } from '../kit/root-secret.ts'

export interface BrowserState {
  /** SHA-256 of the browser binding. */
  readonly browser: string
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
}

/** Longer than any that is made here. */
const maxSealedLength = 4096

/** base64url. */
export const sealState = (root: RootSecret, purpose: string, state: BrowserState): Promise<string> =>
  root.seal(purpose, JSON.stringify(state))

export type OpenedState<State> =
  | { readonly status: 'open' | 'expired'; readonly state: State }
  /** Made for another browser, forged, truncated, or sealed under a secret that has been retired. */
  | { readonly status: 'unreadable' }

/**
 * Opens what `sealState` returned for the same purpose.
 * @param browserCookies values of the browser binding (`readBrowserBindings`)
 * @param now milliseconds since the Unix epoch
 */
export async function openState<State extends BrowserState>(
  root: RootSecret,
  { purpose, sealed }: { readonly purpose: string; readonly sealed: string },
  browserCookies: readonly string[],
  now: number,
): Promise<OpenedState<State>> {
  const json = sealed.length > maxSealedLength ? undefined : await root.open(purpose, sealed)
  if (json === undefined) return { status: 'unreadable' }
  const state = JSON.parse(json) as State
  const hashes = await Promise.all(browserCookies.map(sha256))
  // Attack: a link that continues what the attacker has begun in the victim's browser (login CSRF).
  if (!hashes.includes(state.browser)) return { status: 'unreadable' }
  return { status: now < state.expires_at ? 'open' : 'expired', state }
}
