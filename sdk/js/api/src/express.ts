import type { Request as ExpressRequest, Response as ExpressResponse, RequestHandler } from 'express'
import type { AccessToken } from './access-token.ts'
import { ApiAuthError } from './api-auth-error.ts'
import type { ApiRequest } from './presented-token.ts'
import { checkedRequirements, type Requirements } from './requirements.ts'
import { type ApiVerifier, createApiVerifier } from './verifier.ts'

declare global {
  namespace Express {
    interface Request {
      /** The access token of the request, behind `protect`. */
      token?: AccessToken
    }
  }
}

/**
 * Serves the routes behind it only with a good access token, which is then `req.token`.
 * @param api default: one for the environment variables `AUTHLY_ISSUER` and `AUTHLY_AUDIENCE`
 */
export function protect(
  requirements: Requirements = {},
  api: ApiVerifier = sharedVerifier(),
): RequestHandler {
  checkedRequirements(requirements)
  return (request, response, next) => {
    api.verify(apiRequest(request), requirements).then(
      (token) => {
        request.token = token
        if (token.dpopNonce !== undefined) response.set('dpop-nonce', token.dpopNonce)
        next()
      },
      (error: unknown) => {
        if (!(error instanceof ApiAuthError)) return next(error)
        response.status(error.status).set(error.headers).end(JSON.stringify(error.body))
      },
    )
  }
}

/** Serves `/.well-known/oauth-protected-resource` (RFC 9728): to be used for all paths. */
export function resourceMetadata(api: ApiVerifier = sharedVerifier()): RequestHandler {
  return (request, response, next) => {
    const answer = api.metadata(apiRequest(request))
    if (!answer) return next()
    answer
      .text()
      .then((body) => send(response, answer, body))
      .catch(next)
  }
}

function send(response: ExpressResponse, { status, headers }: Response, body: string): void {
  response
    .status(status)
    .set(Object.fromEntries(headers))
    .end(body === '' ? undefined : body)
}

/** The protocol heeds the setting "trust proxy". */
function apiRequest(request: ExpressRequest): ApiRequest {
  return {
    method: request.method,
    url: `${request.protocol}://${request.get('host') ?? 'localhost'}${request.originalUrl}`,
    headers: { get: (name) => headerOf(request, name) },
  }
}

/**
 * Every value of a header, as the Fetch API joins them. Attack: Node keeps the first of two `Authorization` headers,
 * while a proxy in front of it may have looked at the second.
 */
function headerOf({ headersDistinct }: ExpressRequest, name: string): string | null {
  return headersDistinct[name]?.join(', ') ?? null
}

let shared: ApiVerifier | undefined

function sharedVerifier(): ApiVerifier {
  shared ??= createApiVerifier()
  return shared
}
