import { AuthlyError } from '@authly-server/core'
import type { JWTPayload } from 'jose'
import { json } from '../answers.ts'
import type { Ended } from '../session/ended-sessions.ts'
import { readForm } from './read-form.ts'
import type { Route, RouteNeeds } from './route.ts'

const event = 'http://schemas.openid.net/event/backchannel-logout'
/** A logout token is for now: an old one that was found somewhere signs nobody out (§2.6). */
const maxAgeSeconds = 300
const toleranceSeconds = 60

/** `POST /auth/backchannel-logout` (OpenID Connect Back-Channel Logout 1.0 §2.5): Authly says that a session is over. */
export const backchannelLogout: Route = {
  path: 'backchannelLogout',
  method: 'POST',
  serve: async (needs, request) => {
    const token = (await readForm(request))?.get('logout_token')
    if (!token) return refuse('logout_token is missing')
    let claims: LogoutClaims
    try {
      claims = await verify(needs, token)
    } catch (error) {
      // Not the token's fault: Authly tries again later (§2.8 has no word for it).
      if (error instanceof AuthlyError && error.code === 'network_error')
        return json(503, { error: error.code })
      return refuse('logout_token is not valid')
    }
    const { ended } = needs
    // Delivered before, and our answer was lost; or sent again by somebody who has seen it.
    if (!(await ended.isUsed(claims.jti))) {
      await ended.end(claims.ended, claims.at)
      await ended.markUsed(claims.jti, 2 * (maxAgeSeconds + toleranceSeconds))
    }
    return new Response(null, { status: 200, headers: { 'cache-control': 'no-store' } })
  },
}

interface LogoutClaims {
  readonly jti: string
  readonly ended: Ended
  /** Milliseconds. */
  readonly at: number
}

/** §2.6. @throws when it is not a logout token for this application */
async function verify({ configuration, provider }: RouteNeeds, token: string): Promise<LogoutClaims> {
  const { clientId, issuer } = configuration
  const claims = await provider.verifier.signed(token, await provider.metadata(), {
    ...{ issuer, audience: clientId, clockTolerance: toleranceSeconds, maxTokenAge: maxAgeSeconds },
    // Explicit typing: an ID token, which more people see, is no logout token (RFC 8725 §3.11).
    typ: 'logout+jwt',
    requiredClaims: ['jti', 'iat', 'exp', 'events'],
  })
  const { jti, iat = 0, sid, sub } = claims
  const isLogout = isObject(claims['events']) && isObject(claims['events'][event]) && !('nonce' in claims)
  if (!isLogout || typeof jti !== 'string' || jti === '') throw new Error('this is no logout token')
  const ended = endedBy(sid, sub)
  if (ended === undefined) throw new Error('it names nobody')
  // A session is exact; of a person, what began until the end of that second.
  return { jti, ended, at: 'sid' in ended ? Date.now() : iat * 1000 + 999 }
}

const endedBy = (sid: unknown, sub: JWTPayload['sub']): Ended | undefined => {
  if (typeof sid === 'string' && sid !== '') return { sid }
  return typeof sub === 'string' && sub !== '' ? { sub } : undefined
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** §2.8. */
const refuse = (description: string): Response =>
  json(400, { error: 'invalid_request', error_description: description })
