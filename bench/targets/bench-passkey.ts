/**
 * A passkey as an authenticator has it (Web Authentication §6), ES256 and synced. Everybody's passkey has the same key:
 * making keys is not what is measured.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'

const sha256 = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest()
/** User present and verified, may be synced, is synced; the counter is 0. */
const flagsAndCounter = Buffer.from([0x1d, 0, 0, 0, 0])

export interface Ceremony {
  readonly challenge: string
  /** Of the page. */
  readonly origin: string
  readonly rpId: string
}

/** Members as base64url. */
export interface Assertion {
  readonly clientDataJSON: string
  readonly authenticatorData: string
  readonly signature: string
}

export interface BenchPasskey {
  readonly jwk: object
  /** COSE_Key (RFC 9053 §7.1.1), base64url. */
  readonly publicKey: string
  /** @param encoding of the signature: `der` is WebAuthn's, `ieee-p1363` WebCrypto's */
  assert(ceremony: Ceremony, encoding?: 'der' | 'ieee-p1363'): Assertion
}

export function makeBenchPasskey(): BenchPasskey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' })
  const coordinate = (name: 'x' | 'y'): Buffer => Buffer.from(jwk[name] ?? '', 'base64url')
  const cose = Buffer.concat([
    // kty: EC2, alg: ES256, crv: P-256, then x and y, 32 bytes each.
    Buffer.from('a5010203262001215820', 'hex'),
    coordinate('x'),
    Buffer.from('225820', 'hex'),
    coordinate('y'),
  ])
  return {
    jwk,
    publicKey: cose.toString('base64url'),
    assert({ challenge, origin, rpId }, dsaEncoding = 'der') {
      const clientData = Buffer.from(
        JSON.stringify({ type: 'webauthn.get', challenge, origin, crossOrigin: false }),
      )
      const authenticatorData = Buffer.concat([sha256(rpId), flagsAndCounter])
      const signed = Buffer.concat([authenticatorData, sha256(clientData)])
      return {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: sign('sha256', signed, { key: privateKey, dsaEncoding }).toString('base64url'),
      }
    },
  }
}
