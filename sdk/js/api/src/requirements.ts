import type { ApiClaims } from './claims.ts'
import { Refusal } from './refusal.ts'

/** What a route demands of a token. */
export interface Requirements {
  /** All of them. */
  readonly scopes?: readonly string[]
  /** How the person must have signed in: one of these values of `acr`. */
  readonly acr?: readonly string[]
  /** Seconds since they signed in that are still good enough. */
  readonly maxAge?: number
}

/** Scopes of a token: words between spaces (RFC 6749 §3.3), never parts of words. */
export const scopesOf = ({ scope }: ApiClaims): readonly string[] =>
  scope === undefined ? [] : scope.split(' ').filter((word) => word !== '')

/** @param now seconds since the Unix epoch */
export function checkRequirements(
  claims: ApiClaims,
  scopes: readonly string[],
  { scopes: wanted = [], acr, maxAge }: Requirements,
  { now, clockToleranceSeconds }: { readonly now: number; readonly clockToleranceSeconds: number },
): Refusal | undefined {
  if (!wanted.every((scope) => scopes.includes(scope)))
    return new Refusal('insufficient_scope', 'the access token has not the scopes that are needed', {
      attributes: { scope: wanted.join(' ') },
    })
  const { auth_time } = claims
  const isStrong = acr === undefined || (claims.acr !== undefined && acr.includes(claims.acr))
  const isRecent =
    maxAge === undefined || (auth_time !== undefined && now - auth_time <= maxAge + clockToleranceSeconds)
  if (isStrong && isRecent) return undefined
  const description = isStrong ? 'the sign-in is too long ago' : 'a stronger sign-in is needed'
  // Both, so that one sign-in is enough (RFC 9470 §3).
  const attributes = {
    ...(acr === undefined ? {} : { acr_values: acr.join(' ') }),
    ...(maxAge === undefined ? {} : { max_age: String(maxAge) }),
  }
  return new Refusal('insufficient_user_authentication', description, { attributes })
}

/** RFC 6749 §3.3: these are quoted in a header as they are. */
const word = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** @throws TypeError when a route demands what no token can have */
export function checkedRequirements(requirements: Requirements): Requirements {
  const { scopes = [], acr, maxAge } = requirements
  for (const value of [...scopes, ...(acr ?? [])])
    if (!word.test(value)) throw new TypeError(`${JSON.stringify(value)} is no scope and no acr`)
  if (acr?.length === 0) throw new TypeError('an empty list of acr is met by nobody')
  if (maxAge !== undefined && !(Number.isInteger(maxAge) && maxAge >= 0))
    throw new TypeError('maxAge is a number of seconds')
  return requirements
}
