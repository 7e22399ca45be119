import { type CompactJWSHeaderParameters, type CryptoKey, compactVerify } from 'jose'
import { isCompactJws } from './compact-jws.ts'
import type { FindKey } from './issuer-keys.ts'
import { invalidToken, Refusal } from './refusal.ts'

/** Longer than any token of Authly. Attack: work and memory for a header of any size. */
const maxTokenLength = 16_384
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** `application/` may be left out (RFC 7515 §4.1.9); an ID token (`JWT`) is no access token (RFC 8725 §3.11). */
const accessTokenType = /^(?:application\/)?at\+jwt$/i

/** The payload of an access token that was signed with a key of the issuer, or why it is none. Claims are not checked. */
export async function verifyJwt(token: string, findKey: FindKey): Promise<unknown> {
  if (token.length > maxTokenLength) return invalidToken('the access token is too long')
  if (!isCompactJws(token)) return invalidToken('the access token is not a JWT')
  let refused: Refusal | undefined
  try {
    const accept = (key: CryptoKey | Refusal): CryptoKey => {
      if (!(key instanceof Refusal)) return key
      refused = key
      throw new Error(key.description)
    }
    const { payload } = await compactVerify(token, (header) => {
      const key = keyOf(header, findKey)
      return key instanceof Promise ? key.then(accept) : accept(key)
    })
    return JSON.parse(decoder.decode(payload))
  } catch {
    return refused ?? invalidToken('the access token is malformed, or its signature is wrong')
  }
}

/**
 * Only `kid` says which key of the issuer it is, and the key says which algorithm (RFC 8725 §3.1). Attack: `jwk`, `jku`,
 * `x5u` and `x5c` name a key of whoever made the token; they are not looked at, and nothing is fetched.
 */
function keyOf(header: CompactJWSHeaderParameters, findKey: FindKey): ReturnType<FindKey> | Refusal {
  const { alg, typ, kid } = header
  if (typeof typ !== 'string' || !accessTokenType.test(typ))
    return invalidToken('the JWT is not an access token: its typ is not at+jwt')
  if (typeof kid !== 'string' || typeof alg !== 'string')
    return invalidToken('the access token does not say which key it is signed with')
  // Extensions that a verifier must understand (RFC 7515 §4.1.11): we know none.
  if ('crit' in header) return invalidToken('the access token has extensions that are not supported')
  return findKey(kid, alg)
}
