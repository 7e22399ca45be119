import {
  AuthlyError,
  checkIdTokenClaims,
  createDpopKey,
  decodeIdToken,
  readAuthorizationResponse,
} from '@authly-server/core'
import { type Attempt, attemptsOf, takeAttemptKey } from './attempts.ts'
import type { Settings } from './options.ts'
import type { Server } from './server.ts'
import { accessTokenOf, defaultResource, type Session } from './session.ts'
import { newSessionId } from './session-store.ts'
import type { Storage } from './storage.ts'

/** The authorization response in the page's address, which is taken out of it: no script that comes later finds it. */
export function takeResponse({ redirectUri }: Settings): URLSearchParams | undefined {
  const { href, search } = location
  const parameters = new URLSearchParams(search)
  const isResponse = parameters.has('state') && (parameters.has('code') || parameters.has('error'))
  if (!isResponse || href.split(/[?#]/)[0] !== redirectUri.split(/[?#]/)[0]) return undefined
  history.replaceState(null, '', redirectUri)
  return parameters
}

export type FinishedSignIn = { readonly returnTo: string } & (
  | { readonly session: Session }
  | { readonly error: AuthlyError }
)

/** Redeems the code of an authorization response, once. */
export async function finishSignIn(
  settings: Settings,
  storage: Storage,
  server: Server,
  response: URLSearchParams,
): Promise<FinishedSignIn> {
  // Attack: a page leads this browser here with a code of the attacker's, who then reads what is stored in "our" account
  // (login CSRF). Nothing is asked of anybody before the state is known to be of this tab.
  const attempt = attemptsOf(settings).take(response.get('state') ?? '')
  if (!attempt) return { returnTo: '/', error: new AuthlyError('state_mismatch') }
  try {
    return { returnTo: attempt.returnTo, session: await redeem(settings, storage, server, attempt, response) }
  } catch (error) {
    if (!(error instanceof AuthlyError)) throw error
    return { returnTo: attempt.returnTo, error }
  }
}

async function redeem(
  settings: Settings,
  storage: Storage,
  server: Server,
  attempt: Attempt,
  parameters: URLSearchParams,
): Promise<Session> {
  const { issuer, clientId } = settings
  const code = readAuthorizationResponse(parameters, attempt, await server.metadata())
  const kept = attempt.keyId === undefined ? undefined : await takeAttemptKey(storage, attempt.keyId)
  const dpopKey = settings.dpop ? (kept ?? (await createDpopKey())) : undefined
  const resource = defaultResource(attempt)
  const askedAt = Date.now()
  const tokens = await server.requestTokens(dpopKey, {
    ...{ grant_type: 'authorization_code', code, redirect_uri: attempt.redirectUri },
    ...{ code_verifier: attempt.codeVerifier, resource: resource === '' ? undefined : resource },
  })
  if (tokens.id_token === undefined)
    throw new AuthlyError('invalid_id_token', { description: 'there is none: the scope needs openid' })
  const clockOffsetSeconds = server.clock.offsetSeconds()
  const claims = checkIdTokenClaims(decodeIdToken(tokens.id_token), {
    ...{ issuer, clientId, transaction: attempt, clockOffsetSeconds },
  })
  return {
    ...{ id: newSessionId(), claims, idToken: tokens.id_token, refreshToken: tokens.refresh_token },
    ...{ scope: tokens.scope ?? attempt.scope, resources: attempt.resources },
    tokens: { [resource]: accessTokenOf(tokens, askedAt) },
    ...{ clockOffsetSeconds, dpopKey },
  }
}
