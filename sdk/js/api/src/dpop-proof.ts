import {
  type CompactJWSHeaderParameters,
  calculateJwkThumbprint,
  compactVerify,
  importJWK,
  type JWK,
} from 'jose'
import { proofAlgorithms } from './algorithms.ts'
import { isCompactJws } from './compact-jws.ts'
import { isSameUrl } from './same-url.ts'

/** An RSA key of 8192 bits, its signature and the claims fit. */
const maxProofLength = 6_144
const maxJtiLength = 256
/** How old a proof may be, as for Authly itself; FAPI 2.0 §5.3.2.1 is about clocks that are ahead. */
export const maxProofAgeSeconds = 60
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** What a proof must be for. */
export interface ProofTarget {
  readonly method: string
  /** As clients call it. */
  readonly url: string
  /** base64url(SHA-256) of the access token. */
  readonly accessTokenHash: string
  readonly clockToleranceSeconds: number
}

export interface DpopProof {
  readonly thumbprint: string
  readonly jti: string
  /** Seconds since the Unix epoch. */
  readonly iat: number
  readonly nonce: string | undefined
}

/**
 * What a DPoP proof proves (RFC 9449 §4.3), or what is wrong with it. Whether it was used before, its nonce, and whether
 * the token is bound to its key are the caller's to check.
 * @param now seconds since the Unix epoch
 */
export async function verifyProof(
  proof: string,
  target: ProofTarget,
  now: number,
): Promise<DpopProof | string> {
  if (proof.length > maxProofLength) return 'it is too long'
  // Attack: several headers, which arrive as one with commas; another parser would take another one.
  if (!isCompactJws(proof)) return 'it is not one JWS'
  try {
    let jwk: JWK = {}
    const { payload } = await compactVerify(
      proof,
      (header) => {
        jwk = publicKeyIn(header)
        return importJWK(jwk, header.alg)
      },
      { algorithms: proofAlgorithms },
    )
    const claims: unknown = JSON.parse(decoder.decode(payload))
    const checked = checkProofClaims(claims, target, now)
    return typeof checked === 'string'
      ? checked
      : { ...checked, thumbprint: await calculateJwkThumbprint(jwk) }
  } catch {
    return 'its type, algorithm, key or signature is wrong'
  }
}

/** The key that the proof contains; nothing else in the header says which, and nothing is fetched. */
function publicKeyIn({ typ, jwk, crit }: CompactJWSHeaderParameters): JWK {
  const isProof = typeof typ === 'string' && /^(?:application\/)?dpop\+jwt$/i.test(typ)
  if (!isProof || typeof jwk !== 'object' || jwk === null || crit !== undefined) throw new Error('header')
  // Attack: a private key in a header, where proxies log it, is everybody's (§4.3, item 7).
  if (secretMembers.some((member) => Object.hasOwn(jwk, member))) throw new Error('private key')
  const { kty, crv, x, y, n, e } = jwk as JWK
  const members = { kty, crv, x, y, n, e }
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as JWK
}

function checkProofClaims(
  claims: unknown,
  { method, url, accessTokenHash, clockToleranceSeconds }: ProofTarget,
  now: number,
): Omit<DpopProof, 'thumbprint'> | string {
  if (typeof claims !== 'object' || claims === null) return 'it has no claims'
  const { jti, htm, htu, iat, ath, nonce, exp, nbf } = claims as Readonly<Record<string, unknown>>
  if (typeof jti !== 'string' || jti === '' || jti.length > maxJtiLength) return 'jti is missing or too long'
  // Attack: a proof that was made for one request is sent with another one.
  if (htm !== method) return 'htm is not the method of this request'
  if (typeof htu !== 'string' || !isSameUrl(htu, url)) return 'htu is not the URL of this request'
  if (typeof iat !== 'number' || !Number.isSafeInteger(Math.floor(iat))) return 'iat is missing'
  if (now - iat > maxProofAgeSeconds) return 'iat is too long ago'
  if (iat - now > clockToleranceSeconds) return 'iat is in the future'
  if (isTimeWrong(exp, (time) => time + clockToleranceSeconds <= now)) return 'it has expired'
  if (isTimeWrong(nbf, (time) => time - clockToleranceSeconds > now)) return 'it is not valid yet'
  // Attack: a proof for one token is sent with another one of the same key.
  if (ath !== accessTokenHash) return 'ath is not the hash of the access token'
  if (nonce !== undefined && typeof nonce !== 'string') return 'nonce is not a string'
  return { jti, iat, nonce }
}

/** Claims of RFC 7519 that a proof may have as well. */
const isTimeWrong = (value: unknown, isPast: (time: number) => boolean): boolean =>
  value !== undefined && (typeof value !== 'number' || isPast(value))
