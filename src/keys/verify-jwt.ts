/**
 * Verifies JWTs issued by this server. The key named by `kid` decides the algorithm, never the token's header (RFC
 * 8725 §3.1: `alg: none`, or HS256 with our public key as the secret), and `typ` prevents an ID token from being
 * used as an access token (RFC 8725 §3.11). Valid signatures are remembered for a while, because tokens are often
 * introspected repeatedly.
 */
import { compactVerify, type JWTPayload } from 'jose'
import { decodeText, isCompactJws } from '../kit/base64url.ts'
import { BoundedMap } from '../kit/bounded-map.ts'
import type { Clock } from '../kit/clock.ts'
import type { Keyring, VerificationKey } from './keyring.ts'

export interface VerifyJwtOptions {
  /** Media type required in the header: `at+jwt`, `JWT`, … */
  readonly typ: string
  /** `id_token_hint` may have expired (OpenID Connect RP-Initiated Logout §2). */
  readonly acceptExpired?: boolean
}

/** The claims of a token we signed, or `undefined` for anything else, without a reason. */
export type VerifyJwt = (token: string, options: VerifyJwtOptions) => Promise<JWTPayload | undefined>

interface VerifiedToken {
  readonly typ: string
  readonly payload: JWTPayload
  readonly key: VerificationKey
}

const maxTokenLength = 16_384
const maxRemembered = 4000
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
const verifiedTokens = new BoundedMap<string, VerifiedToken>(maxRemembered)

/**
 * Builds `VerifyJwt` over the keyring. A key removed from the keyring verifies nothing, not even remembered
 * tokens.
 */
export function createVerifyJwt(needs: {
  readonly keyring: Pick<Keyring, 'verificationKey'>
  readonly issuer: string
  readonly now: Clock
}): VerifyJwt {
  const { keyring, issuer, now } = needs

  return async (token, options) => {
    if (token.length > maxTokenLength) return undefined
    const verified = (await recall(token)) ?? (await verifySignature(token))
    if (!verified || verified.typ !== options.typ.toLowerCase()) return undefined
    const { payload } = verified
    if (payload.iss !== issuer) return undefined
    if (options.acceptExpired) return payload
    if (typeof payload.exp !== 'number' || payload.exp * 1000 <= now()) return undefined
    if (payload.nbf !== undefined && !(typeof payload.nbf === 'number' && payload.nbf * 1000 <= now()))
      return undefined
    return payload
  }

  async function recall(token: string): Promise<VerifiedToken | undefined> {
    const known = verifiedTokens.get(token)
    if (!known) return undefined
    if ((await keyring.verificationKey(known.key.kid)) !== undefined) return known
    verifiedTokens.delete(token)
    return undefined
  }

  async function verifySignature(token: string): Promise<VerifiedToken | undefined> {
    const header = readHeader(token)
    if (!header) return undefined
    const key = await keyring.verificationKey(header.kid)
    if (!key || key.alg !== header.alg) return undefined
    try {
      const { payload } = await compactVerify(token, key.key, { algorithms: [key.alg] })
      const claims: unknown = JSON.parse(decoder.decode(payload))
      if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined
      const verified = { typ: header.typ.toLowerCase(), payload: claims as JWTPayload, key }
      verifiedTokens.set(token, verified)
      return verified
    } catch {
      return undefined
    }
  }
}

/** The protected header, if it is one we could have written: `alg`, `typ`, `kid` as strings and no `crit`. */
function readHeader(token: string): { alg: string; typ: string; kid: string } | undefined {
  if (!isCompactJws(token)) return undefined
  try {
    const header = JSON.parse(decodeText(token.slice(0, token.indexOf('.')))) as Record<
      string,
      unknown
    > | null
    if (typeof header !== 'object' || header === null || 'crit' in header) return undefined
    const { alg, typ, kid } = header
    if (typeof alg !== 'string' || typeof typ !== 'string' || typeof kid !== 'string') return undefined
    return { alg, typ, kid }
  } catch {
    return undefined
  }
}
