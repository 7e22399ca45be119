import {
  AuthlyError,
  checkIdTokenClaims,
  decodeIdToken,
  type Fetch,
  retryDelay,
  type TokenResponse,
} from '@authly-server/core'
import type { Settings } from './options.ts'
import { plainFetch, type Server } from './server.ts'
import { accessTokenOf, type Session } from './session.ts'

/**
 * The session with a new access token for `resource`. The answer may get lost after the server has replaced the refresh
 * token: within its replay window it gives the same answer again, so that is how long this asks.
 * @throws AuthlyError `invalid_grant` when the session is over, `network_error` when the server does not answer
 */
export async function refreshSession(
  settings: Settings,
  server: Server,
  session: Session,
  resource: string,
): Promise<Session> {
  const { refreshToken } = session
  if (refreshToken === undefined) throw new AuthlyError('invalid_grant')
  const askedAt = Date.now()
  const parameters = {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    resource: resource === '' ? undefined : resource,
  }
  const response = await askUntilAnswered(settings, (fetch) =>
    server.requestTokens(session.dpopKey, parameters, fetch),
  )
  return {
    ...session,
    ...identityOf(settings, server, session, response),
    refreshToken: response.refresh_token ?? refreshToken,
    tokens: { ...session.tokens, [resource]: accessTokenOf(response, askedAt) },
    clockOffsetSeconds: server.clock.offsetSeconds(),
  }
}

async function askUntilAnswered(
  { replayWindowMs }: Settings,
  ask: (fetch: Fetch) => Promise<TokenResponse>,
): Promise<TokenResponse> {
  // The server may have counted from the first request; the last one needs time to arrive.
  const until = Date.now() + replayWindowMs * 0.8
  let refusedProofs = 0
  for (let attempts = 1; ; attempts++) {
    let response: Response | undefined
    try {
      return await ask(async (request) => {
        response = undefined
        response = await plainFetch(request)
        return response
      })
    } catch (error) {
      if (!(error instanceof AuthlyError)) throw error
      // Browsers repeat a request by themselves when a connection breaks, and with it the proof, which then was used
      // before: the answer to the first is lost, and another proof gets it.
      if (error.code === 'invalid_dpop_proof' && refusedProofs++ < 3) continue
      // A 200 that broke off is a lost answer; one that says something wrong has no status.
      const failed = response?.ok === false ? response : undefined
      const mayRetry = error.code === 'network_error' || error.status !== undefined
      const delay = mayRetry
        ? retryDelay(
            { attempts, isRepeatable: true, response: failed },
            { maxAttempts: 20, maxDelayMs: 4_000 },
          )
        : undefined
      if (delay === undefined) throw error
      // Timers of pages in the background wait for up to a minute: the first repetition does without.
      const wait = attempts === 1 && failed === undefined ? 0 : delay
      if (Date.now() + wait > until) throw asNetworkError(error)
      if (wait > 0) await new Promise((passed) => setTimeout(passed, wait))
    }
  }
}

const asNetworkError = (cause: AuthlyError): AuthlyError =>
  cause.code === 'network_error'
    ? cause
    : new AuthlyError('network_error', { status: cause.status, requestId: cause.requestId, cause })

/** OpenID Connect Core §12.2: the person must still be the same. */
function identityOf(
  { issuer, clientId }: Settings,
  server: Server,
  { claims: { sub } }: Session,
  { id_token }: TokenResponse,
): Pick<Session, 'claims' | 'idToken'> | undefined {
  if (id_token === undefined) return undefined
  const clockOffsetSeconds = server.clock.offsetSeconds()
  const claims = checkIdTokenClaims(decodeIdToken(id_token), { issuer, clientId, sub, clockOffsetSeconds })
  return { claims, idToken: id_token }
}
