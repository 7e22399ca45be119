/**
 * A login in progress: what an application asked for at the authorization endpoint, and what the person has
 * done since. It travels sealed in the URL and in forms, so that unauthenticated traffic stores nothing, and
 * opens only in the browser that started it (against login CSRF) and only for a while.
 */
import { sha256 } from '../kit/hash.ts'
import type { RootSecret } from '../kit/root-secret.ts'

export interface Interaction {
  readonly id: string
  /** Milliseconds since the Unix epoch. */
  readonly started_at: number
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
  /** The original authorization request, `application/x-www-form-urlencoded`. */
  readonly parameters: string
  readonly client_id: string
  /** `hash` of the browser binding. */
  readonly browser: string
  readonly login_hint?: string | undefined
  readonly ui_locales?: string | undefined
  readonly display?: string | undefined
  /** What the person did since `started_at`; satisfies the matching `prompt` values. */
  readonly prompt_done: {
    readonly login?: boolean | undefined
    readonly consent?: boolean | undefined
    readonly select_account?: boolean | undefined
  }
  /** The session in which the person proved themselves, or which they chose, within this interaction. */
  readonly session_id?: string | undefined
  /** What to ask on the consent page, and whom; set by authorize when consent is needed. */
  readonly consent?:
    | {
        readonly session_id: string
        readonly scopes: readonly string[]
        readonly claims: readonly string[]
      }
    | undefined
  /**
   * Why somebody who is signed in is asked to sign in: to prove it once more, or because another account is
   * wanted. Absent when nobody was signed in.
   */
  readonly login_because?: 'again' | 'other_account' | undefined
  /** The person said no: authorize answers `access_denied`. */
  readonly denied?: true | undefined
}

/** Longest authorization request that fits an interaction; authorize refuses longer ones before. */
export const maxInteractionParametersLength = 8192

/** Below the 16 KiB that Workers and most proxies take as a URL. */
const maxSealedLength = 15_000
/** What seals to that length, less what the pages add on the way. */
const maxStartLength = 11_000
/** Longest hints that travel; longer ones are left out, because they are hints. */
const maxHintLengths = { login_hint: 320, ui_locales: 256, display: 32 } as const
const purpose = 'interaction'
const encoder = new TextEncoder()

/**
 * Whether a login may start with this: long scopes appear twice, and raw backslashes in a query double in JSON,
 * so the length of the request alone does not tell.
 */
export const fitsUrl = (interaction: Interaction): boolean =>
  encoder.encode(JSON.stringify(withoutLongHints(interaction))).length <= maxStartLength

/**
 * The sealed form, base64url.
 * @throws RangeError when it is too long: authorize must check `fitsUrl` first
 */
export async function sealInteraction(root: RootSecret, interaction: Interaction): Promise<string> {
  const sealed = await root.seal(purpose, JSON.stringify(withoutLongHints(interaction)))
  if (sealed.length > maxSealedLength) throw new RangeError('the interaction is too long')
  return sealed
}

function withoutLongHints(interaction: Interaction): Interaction {
  const kept = { ...interaction }
  for (const [name, longest] of Object.entries(maxHintLengths)) {
    const hint = name as keyof typeof maxHintLengths
    if ((kept[hint]?.length ?? 0) > longest) delete kept[hint]
  }
  return kept
}

export type OpenedInteraction =
  | { readonly status: 'open'; readonly interaction: Interaction }
  /** Begun in this browser, but too long ago. */
  | { readonly status: 'expired'; readonly interaction: Interaction }
  /** Begun in another browser. Says which application asked; nothing of it may go on here. */
  | { readonly status: 'foreign'; readonly clientId: string; readonly redirectUri: string | undefined }
  /** Cut off, made up, or sealed by a secret of long ago. */
  | { readonly status: 'unreadable' }

/**
 * Opens what `sealInteraction` made, in the same browser and in time.
 * @param browserCookies values of the browser binding (`readBrowserBindings`)
 * @param now milliseconds since the Unix epoch
 */
export async function openInteraction(
  root: RootSecret,
  sealed: string | undefined,
  browserCookies: readonly string[],
  now: number,
): Promise<OpenedInteraction> {
  if (!sealed || sealed.length > maxSealedLength) return { status: 'unreadable' }
  const json = await root.open(purpose, sealed)
  if (json === undefined) return { status: 'unreadable' }
  const interaction = JSON.parse(json) as Interaction
  const hashes = await Promise.all(browserCookies.map(sha256))
  if (!hashes.includes(interaction.browser)) {
    const redirectUri = redirectUriOf(interaction)
    return { status: 'foreign', clientId: interaction.client_id, redirectUri }
  }
  return { status: interaction.expires_at > now ? 'open' : 'expired', interaction }
}

/** Where the application asked to be answered; authorize checked it when the login began. */
export const redirectUriOf = ({ parameters }: Interaction): string | undefined =>
  new URLSearchParams(parameters).get('redirect_uri') ?? undefined
