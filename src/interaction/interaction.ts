/**
 * An interaction (a login in progress): what an application requested at the authorization endpoint, and what the
 * user has done since. It travels sealed in the URL and in forms, so that unauthenticated traffic stores nothing.
 * It opens only in the browser that started it (prevents login CSRF), and only for a limited time.
 */
import { sha256 } from '../kit/hash.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { AuthorizationDetail } from '../protocol/authorization-details.ts'
import type { Provenance } from '../protocol/request-provenance.ts'

export interface Interaction {
  readonly id: string
  /** Milliseconds since the Unix epoch. */
  readonly started_at: number
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
  /** The authorization request, resolved from what it refers to, `application/x-www-form-urlencoded`. */
  readonly parameters: string
  /** How the request came; absent for a plain one. */
  readonly provenance?: Provenance | undefined
  readonly client_id: string
  /** `hash` of the browser binding. */
  readonly browser: string
  readonly login_hint?: string | undefined
  readonly ui_locales?: string | undefined
  readonly display?: string | undefined
  /** Steps the user has completed since `started_at`; they satisfy the matching `prompt` values. */
  readonly prompt_done: {
    readonly login?: boolean | undefined
    readonly consent?: boolean | undefined
    readonly select_account?: boolean | undefined
    /** A stronger sign-in was tried: what is merely wished for is not asked again. */
    readonly stronger?: boolean | undefined
  }
  /** The session in which the user signed in, or which they chose, within this interaction. */
  readonly session_id?: string | undefined
  /** What the consent page asks, and the session that must answer; set by authorize when consent is needed. */
  readonly consent?:
    | {
        readonly session_id: string
        readonly scopes: readonly string[]
        readonly claims: readonly string[]
        /** RFC 9396. */
        readonly authorization_details?: readonly AuthorizationDetail[]
        /** The person's roles do not give all that was asked for; wholly: nothing is left to allow. */
        readonly limited?: 'partly' | 'wholly'
        /** The redirect URIs and keys of the client that the page is about. */
        readonly fingerprint?: string | undefined
      }
    | undefined
  /**
   * Why a signed-in user must sign in: to reauthenticate, because another account is requested, or to prove more.
   * Absent when nobody was signed in.
   */
  readonly login_because?: 'again' | 'other_account' | 'stronger' | undefined
  /** The user denied consent: authorize responds with `access_denied`. */
  readonly denied?: true | undefined
  /** What is demanded of the sign-in cannot be reached: authorize responds with `unmet_authentication_requirements`. */
  readonly unmet?: true | undefined
}

/** Longest authorization request that fits an interaction; authorize refuses longer ones first. */
export const maxInteractionParametersLength = 8192

/** Below the 16 KiB that Workers and most proxies accept as a URL. */
const maxSealedLength = 15_000
/** Longest content when an interaction starts: leaves room for sealing and for what the pages add. */
const maxStartLength = 11_000
/** Longer hints are dropped, because a hint is optional. */
const maxHintLengths = { login_hint: 320, ui_locales: 256, display: 32 } as const
const purpose = 'interaction'
const encoder = new TextEncoder()

/**
 * Whether the sealed interaction will fit into a URL. The length of the request alone does not decide it: long
 * scopes appear twice, and raw backslashes in a query double in JSON.
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
  /** Started in this browser, but expired. */
  | { readonly status: 'expired'; readonly interaction: Interaction }
  /** Started in another browser. Only names the requesting application; the interaction must not continue here. */
  | { readonly status: 'foreign'; readonly clientId: string; readonly redirectUri: string | undefined }
  /** Truncated, forged, or sealed under a secret that has been retired. */
  | { readonly status: 'unreadable' }

/**
 * Opens what `sealInteraction` returned, if it is this browser's and has not expired.
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

/** The redirect URI of the request; authorize validated it when the interaction started. */
export const redirectUriOf = ({ parameters }: Interaction): string | undefined =>
  new URLSearchParams(parameters).get('redirect_uri') ?? undefined
