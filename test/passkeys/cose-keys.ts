/** Keys and signatures as authenticators have them (RFC 9053; Web Authentication §6.5.5). */
import type { CborValue } from './cbor.ts'

export type SignatureAlgorithm = 'ES256' | 'RS256' | 'EdDSA'

const keyAlgorithms = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  RS256: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
  },
  EdDSA: { name: 'Ed25519' },
} as const

export const generateKeys = async (algorithm: SignatureAlgorithm): Promise<CryptoKeyPair> =>
  (await crypto.subtle.generateKey(keyAlgorithms[algorithm], true, ['sign', 'verify'])) as CryptoKeyPair

/** The public key as a COSE_Key. */
export async function cosePublicKey(
  algorithm: SignatureAlgorithm,
  key: CryptoKey,
): Promise<Map<number, CborValue>> {
  const { x, y, n, e } = (await crypto.subtle.exportKey('jwk', key)) as JsonWebKey
  switch (algorithm) {
    case 'ES256':
      return new Map<number, CborValue>([
        ...([
          [1, 2],
          [3, -7],
          [-1, 1],
        ] as const),
        [-2, bytes(x)],
        [-3, bytes(y)],
      ])
    case 'RS256':
      return new Map<number, CborValue>([
        ...([
          [1, 3],
          [3, -257],
        ] as const),
        [-1, bytes(n)],
        [-2, bytes(e)],
      ])
    case 'EdDSA':
      return new Map<number, CborValue>([
        ...([
          [1, 1],
          [3, -8],
          [-1, 6],
        ] as const),
        [-2, bytes(x)],
      ])
  }
}

export async function sign(
  algorithm: SignatureAlgorithm,
  key: CryptoKey,
  data: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const parameters = algorithm === 'ES256' ? { name: 'ECDSA', hash: 'SHA-256' } : keyAlgorithms[algorithm]
  const signature = new Uint8Array(await crypto.subtle.sign(parameters, key, data))
  return algorithm === 'ES256' ? toDer(signature) : signature
}

/** ECDSA-Sig-Value (RFC 3279 §2.2.3) of a signature that WebCrypto writes as r and s. */
export function toDer(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const integers = [signature.subarray(0, 32), signature.subarray(32)].flatMap((number) => {
    const significant = number.subarray(
      Math.max(
        0,
        number.findIndex((byte) => byte !== 0),
      ),
    )
    const padded = (significant[0] as number) >= 0x80 ? [0, ...significant] : [...significant]
    return [2, padded.length, ...padded]
  })
  return Uint8Array.from([0x30, integers.length, ...integers])
}

const bytes = (base64url: string | undefined): Uint8Array =>
  Uint8Array.from(atob((base64url ?? '').replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  )
