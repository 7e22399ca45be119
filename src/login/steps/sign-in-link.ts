/**
 * The link that a message may bring beside its code. It is sealed and holds the code, so that opening it asks nobody and
 * changes nothing: programs that look for malware open every link of a message. It signs in only in the browser that asked
 * for it; in another one it shows the code. Attack: somebody begins a sign-in with the address of a victim, who opens the
 * link: the attacker would be signed in.
 */
import { readBrowserBindings } from '../../interaction/browser-binding.ts'
import type { CookieSettings } from '../../kit/cookies.ts'
import { sha256 } from '../../kit/hash.ts'
import type { RootSecret } from '../../kit/root-secret.ts'

export const signInLinkPath = '/login/link'

export interface SignInLink {
  readonly code_id: string
  readonly code: string
  /** Name of the object that knows the code. */
  readonly destination: string
  /** SHA-256 of the browser binding. */
  readonly browser: string
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
}

const purpose = 'sign-in link'
/** Longer than any that is made here. */
const maxLength = 1024

/** base64url. */
export const sealLink = (root: Pick<RootSecret, 'seal'>, link: SignInLink): Promise<string> =>
  root.seal(purpose, JSON.stringify(link))

/** Undefined: forged, truncated or expired. No I/O. */
export async function openLink(
  root: Pick<RootSecret, 'open'>,
  sealed: string | undefined,
  now: number,
): Promise<SignInLink | undefined> {
  if (sealed === undefined || sealed.length > maxLength) return undefined
  const json = await root.open(purpose, sealed)
  const link = json === undefined ? undefined : (JSON.parse(json) as SignInLink)
  return link && now < link.expires_at ? link : undefined
}

/** Whether this browser has asked for the link. */
export async function isOwnLink(
  config: CookieSettings,
  cookies: string | undefined,
  { browser }: Pick<SignInLink, 'browser'>,
): Promise<boolean> {
  const hashes = await Promise.all(readBrowserBindings(config, cookies).map(sha256))
  return hashes.includes(browser)
}

/** The sign-in that a link goes on with: what its page would have sent. */
export interface ResumedSignIn {
  readonly sign_in: string
  readonly interaction: string | undefined
}

export const writeResume = (resumed: ResumedSignIn): string => JSON.stringify(resumed)
export const readResume = (text: string): ResumedSignIn => JSON.parse(text) as ResumedSignIn
