/** What pages hand to `navigator.credentials` (Web Authentication §5.4, §5.5), as JSON. */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { randomToken } from '../kit/ids.ts'
import type { Passkey } from './passkey.ts'
import type { RelyingParty } from './relying-party.ts'

/** Five minutes, which the standard recommends (§15.1). */
export const ceremonyMs = 300_000

/**
 * Signature algorithms, the preferred one first: ES256, Ed25519, and RS256 for Windows Hello (IANA "COSE Algorithms").
 */
export const algorithms = [-7, -8, -257] as const

/** A challenge: 256 random bits, base64url. Whoever makes one seals it where only its own browser can use it. */
export const newChallenge = (): string => randomToken()

/**
 * Options to sign in. The list of credentials is always empty, so that the page shows nothing about any account: the
 * browser offers the passkeys that it finds.
 * @param verification `required` for a first factor; a second factor may do without (§5.8.6)
 */
export const requestOptions = (
  { rp_id }: Pick<RelyingParty, 'rp_id'>,
  challenge: string,
  verification: 'required' | 'preferred',
): PublicKeyCredentialRequestOptionsJSON => ({
  challenge,
  rpId: rp_id,
  timeout: ceremonyMs,
  userVerification: verification,
  allowCredentials: [],
})

/** Options to make a passkey that needs no username. */
export const creationRequest = (input: {
  readonly relyingParty: Pick<RelyingParty, 'rp_id'>
  readonly rp_name: string
  readonly challenge: string
  readonly user_handle: string
  readonly user_name: string
  readonly display_name: string
  readonly existing: readonly Pick<Passkey, 'credential_id' | 'transports'>[]
  readonly attestation: 'none' | 'direct'
  /** What the browser shows first (Web Authentication Level 3 §5.8.7). */
  readonly hints?: PublicKeyCredentialCreationOptionsJSON['hints']
}): PublicKeyCredentialCreationOptionsJSON => ({
  rp: { id: input.relyingParty.rp_id, name: input.rp_name },
  user: { id: input.user_handle, name: input.user_name, displayName: input.display_name },
  challenge: input.challenge,
  timeout: ceremonyMs,
  pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
  // An authenticator that already has one says so, instead of replacing it.
  excludeCredentials: input.existing.map(({ credential_id, transports }) => ({
    ...{ id: credential_id, type: 'public-key' },
    transports: [...transports] as NonNullable<
      PublicKeyCredentialCreationOptionsJSON['excludeCredentials']
    >[number]['transports'] &
      object,
  })),
  authenticatorSelection: {
    ...{ residentKey: 'required', requireResidentKey: true, userVerification: 'preferred' },
  },
  attestation: input.attestation,
  ...(input.hints ? { hints: input.hints } : {}),
  extensions: { credProps: true },
})
