/** Signs evidence with our current key and returns the matching public key. */
import { decodeProtectedHeader, type JWTPayload } from 'jose'
import type { Keyring, SignJwt } from '../keys/keyring.ts'
import { recordTypes, type SignedRecord } from './format/signed-record.ts'

export type SignRecord = (
  type: keyof typeof recordTypes,
  /** Without `iss` and `iat`. */
  claims: JWTPayload,
) => Promise<SignedRecord>

/** @param needs.now milliseconds since the Unix epoch */
export const createSignRecord =
  (needs: {
    readonly signJwt: SignJwt
    readonly keyring: Pick<Keyring, 'jwks'>
    readonly issuer: string
    readonly now: () => number
  }): SignRecord =>
  async (type, claims) => {
    const iat = Math.floor(needs.now() / 1000)
    const jws = await needs.signJwt('ES256', recordTypes[type], { iss: needs.issuer, iat, ...claims })
    const { kid } = decodeProtectedHeader(jws)
    const public_jwk = (await needs.keyring.jwks()).keys.find((key) => key.kid === kid)
    if (!public_jwk) throw new Error('the signing key is not published')
    return { jws, public_jwk: { ...public_jwk } }
  }
