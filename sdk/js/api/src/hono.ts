import type { MiddlewareHandler } from 'hono'
import { env } from 'hono/adapter'
import { createMiddleware } from 'hono/factory'
import type { AccessToken } from './access-token.ts'
import { ApiAuthError } from './api-auth-error.ts'
import { checkedRequirements, type Requirements } from './requirements.ts'
import { type ApiVerifier, createApiVerifier } from './verifier.ts'

/** The variables of the context behind `protect`. */
export interface TokenVariables {
  token: AccessToken
}

/**
 * Serves the routes behind it only with a good access token, which is then `c.var.token`.
 * @param api default: one for the variables `AUTHLY_ISSUER` and `AUTHLY_AUDIENCE` of the environment or the bindings
 */
export function protect(
  requirements: Requirements = {},
  api?: ApiVerifier,
): MiddlewareHandler<{ Variables: TokenVariables }> {
  checkedRequirements(requirements)
  return createMiddleware<{ Variables: TokenVariables }>(async (c, next) => {
    let token: AccessToken
    try {
      token = await (api ?? verifierFor(env(c))).verify(c.req.raw, requirements)
    } catch (error) {
      if (error instanceof ApiAuthError) return error.toResponse()
      throw error
    }
    c.set('token', token)
    await next()
    if (token.dpopNonce !== undefined) c.header('dpop-nonce', token.dpopNonce)
  })
}

/** Serves `/.well-known/oauth-protected-resource` (RFC 9728): to be used for all paths. */
export function resourceMetadata(api?: ApiVerifier): MiddlewareHandler {
  return createMiddleware(
    async (c, next) => (api ?? verifierFor(env(c))).metadata(c.req.raw) ?? (await next()),
  )
}

let shared: { readonly key: string; readonly api: ApiVerifier } | undefined

/** One for all routes, so that keys are read and proofs remembered once. */
function verifierFor(variables: Readonly<Record<string, unknown>>): ApiVerifier {
  const { AUTHLY_ISSUER: issuer, AUTHLY_AUDIENCE: audience } = variables as Record<string, string | undefined>
  const key = JSON.stringify([issuer, audience])
  if (shared?.key !== key) shared = { key, api: createApiVerifier({ issuer, audience }) }
  return shared.api
}
