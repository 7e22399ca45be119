/** Verifies a new credential (Web Authentication §7.1) and whether the deployment takes its authenticator. */
import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import { decodeBase64Url, encodeBase64Url } from '../kit/base64url.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { algorithms } from './ceremony-options.ts'
import { loadWebauthn } from './load-webauthn.ts'
import type { NewPasskey } from './passkey.ts'
import type { PasskeySettings } from './relying-party.ts'
import { type ExpectedCeremony, isEmbedded } from './verify-assertion.ts'

export type AttestationPolicy = Pick<
  PasskeySettings,
  'passkeys.allowed_aaguids' | 'passkeys.attestation_roots'
>

export interface ExpectedRegistration extends ExpectedCeremony {
  /** The browser made it by itself after a sign-in with a password, so nobody touched an authenticator (§5.1.3). */
  readonly conditional: boolean
}

export type RegistrationRefusal =
  /** Not a genuine credential for this ceremony. */
  | 'invalid'
  /** Genuine, but of an authenticator that the deployment does not accept. */
  | 'not_allowed'

interface Verified extends Omit<NewPasskey, 'user_id' | 'name'> {
  /** By PIN or biometrics, as the authenticator says. */
  readonly user_verified: boolean
}

/** What attestation the browser is asked for: without a list of models it would only be personal data. */
export const attestationOf = (policy: AttestationPolicy): 'none' | 'direct' =>
  policy['passkeys.allowed_aaguids'].length > 0 || policy['passkeys.attestation_roots'].length > 0
    ? 'direct'
    : 'none'

export async function verifyRegistration(
  response: RegistrationResponseJSON,
  expected: ExpectedRegistration,
  policy: AttestationPolicy,
): Promise<Result<Verified, RegistrationRefusal>> {
  const verified = await verifyCredential(response, expected)
  if (!verified) return err('invalid')
  const models = policy['passkeys.allowed_aaguids']
  if (models.length > 0 && !models.includes(verified.aaguid)) return err('not_allowed')
  const roots = policy['passkeys.attestation_roots']
  if (roots.length === 0) return ok(verified)
  const attestation_format = await verifiedFormat(response, expected, roots)
  return attestation_format ? ok({ ...verified, attestation_format }) : err('not_allowed')
}

/**
 * The credential without its attestation statement. Attack: verifying a statement means to fetch the lists of revoked
 * certificates that it names, from addresses that the caller chose. It also lets any authenticator in, however unusual
 * its format.
 */
async function verifyCredential(
  response: RegistrationResponseJSON,
  expected: ExpectedRegistration,
): Promise<Verified | undefined> {
  const webauthn = await loadWebauthn()
  try {
    if (isEmbedded(webauthn.decodeClientDataJSON(response.response.clientDataJSON))) return undefined
    const { verified, registrationInfo } = await webauthn.verifyRegistrationResponse({
      response: await withoutStatement(response),
      ...termsOf(expected),
    })
    if (!verified || registrationInfo.credential.id !== response.id) return undefined
    return {
      credential_id: registrationInfo.credential.id,
      rp_id: expected.rp_id,
      public_key: encodeBase64Url(registrationInfo.credential.publicKey),
      sign_count: registrationInfo.credential.counter,
      transports: response.response.transports ?? [],
      aaguid: registrationInfo.aaguid,
      backup_eligible: registrationInfo.credentialDeviceType === 'multiDevice',
      backed_up: registrationInfo.credentialBackedUp,
      attestation_format: 'none',
      user_verified: registrationInfo.userVerified,
    }
  } catch {
    return undefined
  }
}

/** What the library is to hold the response to. */
const termsOf = (expected: ExpectedRegistration) => ({
  expectedChallenge: expected.challenge,
  expectedOrigin: [...expected.origins],
  expectedRPID: expected.rp_id,
  requireUserPresence: !expected.conditional,
  requireUserVerification: false,
  supportedAlgorithmIDs: [...algorithms],
})

async function withoutStatement(response: RegistrationResponseJSON): Promise<RegistrationResponseJSON> {
  const { decodeAttestationObject, isoCBOR } = await loadWebauthn()
  const object = decodeAttestationObject(decodeBase64Url(response.response.attestationObject))
  const bare = new Map<string, unknown>([
    ['fmt', 'none'],
    ['attStmt', new Map()],
    ['authData', object.get('authData')],
  ])
  const attestationObject = encodeBase64Url(isoCBOR.encode(bare as Parameters<typeof isoCBOR.encode>[0]))
  return { ...response, response: { ...response.response, attestationObject } }
}

/**
 * Formats whose chains the library checks against our roots before anything else. Those of Android bring their own
 * root along.
 */
const attestedFormats = ['packed', 'tpm', 'apple'] as const

/**
 * The format of the attestation statement, if it is signed with a certificate below one of `roots` (PEM), which then
 * vouches for the model; `undefined` otherwise.
 */
async function verifiedFormat(
  response: RegistrationResponseJSON,
  expected: ExpectedRegistration,
  roots: readonly string[],
): Promise<string | undefined> {
  const { decodeAttestationObject, SettingsService, verifyRegistrationResponse } = await loadWebauthn()
  try {
    const object = decodeAttestationObject(decodeBase64Url(response.response.attestationObject))
    const format = attestedFormats.find((each) => each === object.get('fmt'))
    // Without certificates it is signed with the new key itself, which proves nothing about the model (§6.5.4).
    if (!format || !object.get('attStmt').get('x5c')) return undefined
    SettingsService.setRootCertificates({ identifier: format, certificates: [...roots] })
    const { verified } = await verifyRegistrationResponse({
      response,
      ...termsOf(expected),
    })
    return verified ? format : undefined
  } catch {
    return undefined
  }
}
