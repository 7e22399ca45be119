/** What a request object says about itself: who made it, for whom, and for how long (RFC 9101 §4, RFC 7519 §4.1). */
import type { Client } from '../../../clients/client.ts'
import { err, ok, type Result } from '../../../kit/result.ts'
import type { OneUse } from '../../../protocol/request-provenance.ts'
import { pushedRequestTtlSeconds } from './pushed-request.ts'
import type { RequestSourceNeeds } from './request-source.ts'
import type { ObjectClaims } from './verify-request-object.ts'

const clockToleranceSeconds = 10
const maxJtiLength = 256
/** One that is answered once is remembered as long as it lives, so that must have an end. */
const maxSingleUseSeconds = 3600

/**
 * Checks them.
 * @param digest of the claims; undefined: the object is made for any number of requests
 * @returns the one use of the object, where it has one; or what is wrong
 */
export function checkObjectClaims(
  needs: Pick<RequestSourceNeeds, 'config' | 'now'>,
  client: Client,
  claims: ObjectClaims,
  digest: string | undefined,
): Result<OneUse | undefined, string> {
  if (claims['iss'] !== client.client_id) return err('iss must be the client_id')
  // Attack: an object made for another server is replayed here.
  if (![claims['aud']].flat().includes(needs.config.issuer)) return err('aud must be the issuer')
  // RFC 9101 §10.8: then it would also be a client assertion.
  if (claims['sub'] === client.client_id) return err('sub must not be the client_id')
  const now = needs.now() / 1000
  const fault =
    timeFault(claims, now) ?? lifetimeFault(claims, now, client.rules.max_request_object_age_seconds)
  return fault === undefined ? oneUse(needs, claims, now, digest) : err(fault)
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

/**
 * RFC 9101 §10.2: a replayed object is refused. A request that was pushed with it is used up together with it. Without a
 * `jti` what it says identifies it, as long as it can be remembered: its signature could be written in another way.
 */
function oneUse(
  { config }: Pick<RequestSourceNeeds, 'config'>,
  { jti, exp }: ObjectClaims,
  now: number,
  digest: string | undefined,
): Result<OneUse | undefined, string> {
  // It may be pushed until it expires, then be continued here, and then the person signs in.
  const longest = clockToleranceSeconds + pushedRequestTtlSeconds + config.interactionTtlSeconds
  const once = (id: string, until: number) => ok({ id, keep_until: (until + longest) * 1000 })
  const isShort = isTime(exp) && exp - now <= maxSingleUseSeconds + clockToleranceSeconds
  if (jti === undefined) {
    return isShort && digest !== undefined ? once(`claims ${digest}`, exp) : ok(undefined)
  }
  if (typeof jti !== 'string' || jti === '' || jti.length > maxJtiLength)
    return err('jti must be a short text')
  if (!isTime(exp)) return err('exp is missing, until which jti is remembered')
  return isShort ? once(`jti ${jti}`, exp) : err('it lives too long')
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0
