import { invalidToken, type Refusal } from './refusal.ts'

/** The claims of an access token (RFC 9068 §2.2). */
export interface ApiClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: string | readonly string[]
  readonly client_id: string
  readonly jti: string
  readonly exp: number
  readonly iat: number
  readonly nbf?: number
  readonly scope?: string
  readonly acr?: string
  readonly amr?: readonly string[]
  readonly auth_time?: number
  readonly cnf?: Readonly<Record<string, unknown>>
  readonly [claim: string]: unknown
}

export interface ClaimsExpectation {
  readonly issuer: string
  /** One of them must be in `aud`. */
  readonly audience: readonly string[]
  /** Seconds that clocks may differ. */
  readonly clockToleranceSeconds: number
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The claims, if the token is from our issuer, for this API and valid now (RFC 9068 §4).
 * @param now seconds since the Unix epoch
 */
export function checkClaims(claims: unknown, expected: ClaimsExpectation, now: number): ApiClaims | Refusal {
  if (!isObject(claims)) return invalidToken('the access token has no claims')
  const { iss, aud, exp, nbf, iat } = claims
  const tolerance = expected.clockToleranceSeconds
  // Compared as they are: `https://issuer.example/` is another issuer than `https://issuer.example`.
  if (iss !== expected.issuer) return invalidToken('the access token is from another issuer')
  if (!isForOneOf(expected.audience, aud)) return invalidToken('the access token is for another audience')
  if (!isTime(exp) || exp + tolerance <= now) return invalidToken('the access token has expired')
  if (nbf !== undefined && (!isTime(nbf) || nbf - tolerance > now))
    return invalidToken('the access token is not valid yet')
  if (!isTime(iat) || iat - tolerance > now) return invalidToken('the access token was issued in the future')
  const wrong = wrongMember(claims)
  return wrong === undefined
    ? (claims as ApiClaims)
    : invalidToken(`the claim ${wrong} of the access token is missing or malformed`)
}

function isForOneOf(audience: readonly string[], aud: unknown): boolean {
  if (typeof aud === 'string') return audience.includes(aud)
  return Array.isArray(aud) && audience.some((each) => aud.includes(each))
}

/** The first of the other claims that has not the form of RFC 9068 §2.2. */
function wrongMember(claims: Readonly<Record<string, unknown>>): string | undefined {
  const { sub, client_id, jti, scope, acr, auth_time, cnf } = claims
  if (!isText(sub)) return 'sub'
  if (!isText(client_id)) return 'client_id'
  if (!isText(jti)) return 'jti'
  if (scope !== undefined && typeof scope !== 'string') return 'scope'
  if (acr !== undefined && !isText(acr)) return 'acr'
  if (auth_time !== undefined && !isTime(auth_time)) return 'auth_time'
  if (cnf !== undefined && !isObject(cnf)) return 'cnf'
  return undefined
}
