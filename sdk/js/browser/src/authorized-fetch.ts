import { AuthlyError, dpopProof, tokenChallenge } from '@authly-server/core'
import type { Settings } from './options.ts'
import { resourceOf } from './resource-of.ts'
import type { Server } from './server.ts'
import type { SessionKeeper, TokenOfSession } from './session-keeper.ts'
import { StepUpRequired } from './step-up.ts'

/**
 * A request with an access token and, with DPoP, its proof. It is repeated once with another proof, by the nonce that is
 * asked for (RFC 9449 §9) or the right time, and once with a new token after a 401; either was refused before anything
 * happened.
 * @throws AuthlyError `origin_not_allowed`, `signed_out`, `network_error`; StepUpRequired
 */
export async function authorizedFetch(
  settings: Settings,
  server: Server,
  keeper: SessionKeeper,
  request: Request,
): Promise<Response> {
  const url = new URL(request.url)
  // Attack: an address that came from somewhere else, such as a link in an answer, gets the token.
  if (!settings.allowedOrigins.has(url.origin))
    throw new AuthlyError('origin_not_allowed', { description: url.origin })
  const resource = resourceOf(request.url, settings.issuer, keeper.current()?.resources ?? [])
  let held = await keeper.token(resource)
  let isProofLeft = held.session.dpopKey !== undefined
  let isTokenLeft = true
  while (true) {
    const sentAt = Date.now()
    const { response, isNonceNew } = await send(server, held, request.clone())
    if (response.status !== 401) return response
    // The server alone says what the time is.
    if (url.origin === new URL(settings.issuer).origin) server.clock.learn(response, sentAt)
    const challenge = tokenChallenge(response.headers.get('www-authenticate'))
    if (challenge['error'] === 'insufficient_user_authentication') throw new StepUpRequired(challenge)
    // An API of another origin may show the nonce and not the challenge.
    const isAboutProof = isNonceNew || challenge['error'] === 'invalid_dpop_proof'
    if (isProofLeft && isAboutProof && challenge['error'] !== 'invalid_token') isProofLeft = false
    else if (isTokenLeft) {
      isTokenLeft = false
      held = await keeper.token(resource, held.token.value)
    } else return response
  }
}

async function send(server: Server, { token, session }: TokenOfSession, request: Request) {
  const { url, method } = request
  const headers = new Headers(request.headers)
  headers.set('authorization', `${token.type} ${token.value}`)
  const nonce = server.nonces.of(url)
  if (session.dpopKey) {
    const clockOffsetSeconds = server.clock.offsetSeconds()
    const proof = { method, url, accessToken: token.value, nonce, clockOffsetSeconds }
    headers.set('dpop', await dpopProof(session.dpopKey, proof))
  }
  const response = await fetch(new Request(request, { headers }))
  return { response, isNonceNew: server.nonces.learn(url, response, nonce) }
}
