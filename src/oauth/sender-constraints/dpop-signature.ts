/**
 * The signature of a DPoP proof (RFC 9449 §4.3), made with the key that the proof itself contains. Nothing else in its
 * header says which key: `kid`, `x5c` and `jku` are not looked at, and nothing is fetched.
 */
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, type JWTPayload, jwtVerify } from 'jose'
import { secretJwkMembers } from '../../keys/secret-jwk-members.ts'
import { isCompactJws } from '../../kit/base64url.ts'

/** An RSA key of 8192 bits, its signature and the claims fit. */
const maxProofLength = 6144

export interface SignedProof {
  readonly payload: JWTPayload
  /** RFC 7638 thumbprint of its key. */
  readonly thumbprint: string
}

/**
 * Verifies a proof.
 * @param algorithms those accepted
 * @returns what is wrong as a string
 */
export async function verifyProof(
  proof: string,
  algorithms: readonly string[],
  now: number,
): Promise<SignedProof | string> {
  if (proof.length > maxProofLength) return 'it is too long'
  // Attack: several headers, which arrive as one with commas; another parser would take another one.
  if (!isCompactJws(proof)) return 'it is not one JWS'
  try {
    const verified = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: [...algorithms],
      currentDate: new Date(now),
      clockTolerance: 10,
    })
    const { jwk } = verified.protectedHeader
    // Attack: a private key in a header, where proxies log it, is everybody's (§4.3, item 7).
    if (!jwk || secretJwkMembers.some((member) => Object.hasOwn(jwk, member))) return 'its key is not public'
    return { payload: verified.payload, thumbprint: await calculateJwkThumbprint(jwk as JWK, 'sha256') }
  } catch {
    // Also what WebCrypto throws about keys that are none.
    return 'its type, algorithm, key or signature is not valid'
  }
}
