/** What a request object says about itself: who made it, for whom, and for how long (RFC 9101 §4, RFC 7519 §4.1). */
import type { Client } from '../../../clients/client.ts'
import { err, ok, type Result } from '../../../kit/result.ts'
import type { OneUse } from '../../../protocol/request-provenance.ts'
import { pushedRequestTtlSeconds } from './pushed-request.ts'
import type { RequestSourceNeeds } from './request-source.ts'
import type { ObjectClaims } from './verify-request-object.ts'

const clockToleranceSeconds = 10
const maxJtiLength = 256
/** One with a `jti` is remembered as long as it lives, so that must have an end. */
const maxSingleUseSeconds = 3600

/**
 * Checks them.
 * @returns the one use of an object with a `jti`; or what is wrong
 */
export function checkObjectClaims(
  needs: Pick<RequestSourceNeeds, 'config' | 'now'>,
  client: Client,
  claims: ObjectClaims,
): Result<OneUse | undefined, string> {
  if (claims['iss'] !== client.client_id) return err('iss must be the client_id')
  // Attack: an object made for another server is replayed here.
  if (![claims['aud']].flat().includes(needs.config.issuer)) return err('aud must be the issuer')
  // RFC 9101 §10.8: then it would also be a client assertion.
  if (claims['sub'] === client.client_id) return err('sub must not be the client_id')
  const now = needs.now() / 1000
  const fault =
    timeFault(claims, now) ?? lifetimeFault(claims, now, client.rules.max_request_object_age_seconds)
  return fault === undefined ? oneUse(needs, claims, now) : err(fault)
}

function timeFault({ exp, nbf, iat }: ObjectClaims, now: number): string | undefined {
  for (const [name, time] of Object.entries({ exp, nbf, iat })) {
    if (time !== undefined && !isTime(time)) return `${name} must be a time`
  }
  if (isTime(exp) && exp + clockToleranceSeconds <= now) return 'it has expired'
  return [nbf, iat].some((time) => isTime(time) && time - clockToleranceSeconds > now)
    ? 'it is not valid yet'
    : undefined
}

/** FAPI 2.0 Message Signing §5.3.1: `nbf` not long ago, and `exp` not long after it. */
function lifetimeFault(
  { exp, nbf }: ObjectClaims,
  now: number,
  maxAgeSeconds: number | undefined,
): string | undefined {
  if (maxAgeSeconds === undefined) return undefined
  if (!isTime(nbf)) return 'nbf is missing'
  if (!isTime(exp)) return 'exp is missing'
  if (now - nbf > maxAgeSeconds + clockToleranceSeconds) return 'nbf is too long ago'
  return exp - nbf > maxAgeSeconds ? 'exp is too long after nbf' : undefined
}

/** RFC 9101 §10.2: a replayed object is refused. A request that was pushed with it is used up together with it. */
function oneUse(
  { config }: Pick<RequestSourceNeeds, 'config'>,
  { jti, exp }: ObjectClaims,
  now: number,
): Result<OneUse | undefined, string> {
  if (jti === undefined) return ok(undefined)
  if (typeof jti !== 'string' || jti === '' || jti.length > maxJtiLength)
    return err('jti must be a short text')
  if (!isTime(exp)) return err('exp is missing, until which jti is remembered')
  if (exp - now > maxSingleUseSeconds + clockToleranceSeconds) return err('it lives too long')
  // It may be pushed until it expires, then be continued here, and then the person signs in.
  const longest = clockToleranceSeconds + pushedRequestTtlSeconds + config.interactionTtlSeconds
  return ok({ id: `jti ${jti}`, keep_until: (exp + longest) * 1000 })
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0
