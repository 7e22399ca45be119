/**
 * Verifies an assertion against a stored public key (Web Authentication §7.2). It decides nothing about counters or
 * user verification: `decide-passkey-use.ts` does.
 */
import { decodeBase64Url } from '../kit/base64url.ts'
import { loadWebauthn } from './load-webauthn.ts'
import { type Assertion, toResponseJson } from './read-credential.ts'

/** What the assertion must answer to. */
export interface ExpectedCeremony {
  /** The challenge of the page, base64url. */
  readonly challenge: string
  readonly rp_id: string
  readonly origins: readonly string[]
}

/** What a verified assertion states. */
export interface VerifiedAssertion {
  readonly sign_count: number
  readonly user_verified: boolean
  readonly backup_eligible: boolean
  readonly backed_up: boolean
}

/**
 * @param publicKey COSE key, base64url
 * @returns `undefined` for anything but a genuine assertion of this key for this ceremony
 */
export async function verifyAssertion(
  assertion: Assertion,
  expected: ExpectedCeremony,
  publicKey: string,
): Promise<VerifiedAssertion | undefined> {
  const webauthn = await loadWebauthn()
  try {
    if (isEmbedded(webauthn.decodeClientDataJSON(assertion.client_data))) return undefined
    const { verified, authenticationInfo } = await webauthn.verifyAuthenticationResponse({
      response: toResponseJson(assertion),
      expectedChallenge: expected.challenge,
      expectedOrigin: [...expected.origins],
      expectedRPID: expected.rp_id,
      // Counters are judged only once the signature is known to be genuine.
      credential: { id: assertion.credential_id, publicKey: decodeBase64Url(publicKey), counter: 0 },
      requireUserVerification: false,
    })
    if (!verified) return undefined
    return {
      sign_count: authenticationInfo.newCounter,
      user_verified: authenticationInfo.userVerified,
      backup_eligible: authenticationInfo.credentialDeviceType === 'multiDevice',
      backed_up: authenticationInfo.credentialBackedUp,
    }
  } catch {
    return undefined
  }
}

/** Whether a page inside a frame of another site ran the ceremony (§13.4.2). Our pages are never framed. */
export const isEmbedded = (clientData: { readonly crossOrigin?: unknown; readonly topOrigin?: unknown }) =>
  (clientData.crossOrigin !== undefined && clientData.crossOrigin !== false) ||
  clientData.topOrigin !== undefined
