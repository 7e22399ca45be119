import type { MiddlewareHandler } from 'hono'
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
      token = await (api ?? verifierFor(c.env)).verify(c.req.raw, requirements)
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
    async (c, next) => (api ?? verifierFor(c.env)).metadata(c.req.raw) ?? (await next()),
  )
}

interface Bindings {
  readonly AUTHLY_ISSUER?: string
  readonly AUTHLY_AUDIENCE?: string
  readonly AUTHLY_BASE_URL?: string
}

let shared: { readonly key: string; readonly api: ApiVerifier } | undefined

/** One for all routes, so that keys are read and proofs remembered once. What no binding says, the environment does. */
function verifierFor(bindings: unknown): ApiVerifier {
  const known = (bindings ?? {}) as Bindings
  const { AUTHLY_ISSUER: issuer, AUTHLY_AUDIENCE: audience, AUTHLY_BASE_URL: publicUrl } = known
  const key = JSON.stringify([issuer, audience, publicUrl])
  if (shared?.key !== key) {
    const options = { issuer, audience, ...(publicUrl === undefined ? {} : { publicUrl }) }
    shared = { key, api: createApiVerifier(options) }
  }
  return shared.api
}
