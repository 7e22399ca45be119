/**
 * The relying party of passkeys (Web Authentication §4): the domain that passkeys are made for, and the origins whose
 * pages may use them. By default both are the issuer's.
 */
import { isLoopbackHost } from '../kit/public-host.ts'

/** The settings of passkeys, by their names (`src/settings/settings.ts`). */
export interface PasskeySettings {
  readonly 'passkeys.rp_id': string | null
  readonly 'passkeys.related_origins': readonly string[]
  readonly 'passkeys.allowed_aaguids': readonly string[]
  readonly 'passkeys.attestation_roots': readonly string[]
  readonly 'passkeys.counter_regression': 'refuse' | 'accept_synced'
}

export interface RelyingParty {
  readonly rp_id: string
  /** Origins whose pages may create and use passkeys. */
  readonly origins: readonly string[]
}

/**
 * The relying party of a deployment; `undefined` where passkeys are impossible, because browsers know them for domains
 * only: an issuer on an IP address without `passkeys.rp_id`.
 */
export function relyingPartyOf(
  { issuer }: { readonly issuer: string },
  settings: Pick<PasskeySettings, 'passkeys.rp_id' | 'passkeys.related_origins'>,
): RelyingParty | undefined {
  const { hostname, origin } = new URL(issuer)
  const rp_id = settings['passkeys.rp_id'] ?? hostname
  if (isAddress(rp_id)) return undefined
  return { rp_id, origins: [...new Set([origin, ...settings['passkeys.related_origins']])] }
}

const isAddress = (host: string): boolean => host.startsWith('[') || /^[\d.]+$/.test(host)

/**
 * Whether pages of `host` may use passkeys of `rpId` without the other domain's consent: the same domain, or one below
 * it (HTML, "is a registrable domain suffix of or is equal to"; browsers also refuse public suffixes, which no
 * deployment has as its own domain). Otherwise the owner of `rpId` must list the origin at `/.well-known/webauthn`.
 */
export const servesRpId = (host: string, rpId: string): boolean => host === rpId || host.endsWith(`.${rpId}`)

/** Whether `text` is a domain that passkeys can be made for. */
export const isRpId = (text: string): boolean =>
  text === 'localhost' ||
  (!isAddress(text) && /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(text))

/** Whether `text` is an origin in its normal form: https, or http on a loopback host. */
export function isWebOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { origin, protocol, hostname } = new URL(text)
  return origin === text && (protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname)))
}
