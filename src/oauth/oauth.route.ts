/** The OAuth endpoints for machines: token, introspection, revocation. */

import { isConfidential } from '../clients/client.ts'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, formRefusals, type RouteDescription } from '../kit/describe-route.ts'
import { oauthHeaders, oauthJson, renderOAuthRefusal } from '../protocol/oauth-response.ts'
import { invalidClient } from './client-auth/presented-credentials.ts'
import { readClientRequest } from './client-request.ts'
import { introspect } from './introspect.ts'
import { introspectionJwtType, wantsJwt } from './introspection-type.ts'
import { revoke } from './revoke.ts'
import { answerTokenRequest } from './token.ts'

const refusals = {
  ...formRefusals,
  400: 'The request is refused (RFC 6749 §5.2)',
  401: 'Client authentication by the Authorization header failed',
  429: 'Too many requests',
}

const token: RouteDescription = {
  id: 'issueToken',
  method: 'post',
  path: '/oauth/token',
  summary: 'Token endpoint',
  spec: 'RFC 6749 §3.2, OAuth 2.1',
  tag: 'OAuth 2.1',
  responses: { 200: 'Tokens', ...refusals },
}

const introspection: RouteDescription = {
  id: 'introspectToken',
  method: 'post',
  path: '/oauth/introspect',
  summary: 'Token introspection',
  spec: 'RFC 7662, RFC 9701',
  tag: 'OAuth 2.1',
  responses: { 200: 'What the token says, or that it is inactive', ...refusals },
}

const revocation: RouteDescription = {
  id: 'revokeToken',
  method: 'post',
  path: '/oauth/revoke',
  summary: 'Token revocation',
  spec: 'RFC 7009',
  tag: 'OAuth 2.1',
  responses: { 200: 'The token is revoked, or never was one', ...refusals },
}

export const oauthRoutes = new DescribedRoutes<AppEnv>()
  .describe(token, async (c) => {
    const { result, headers } = await answerTokenRequest(c.env.deps, c.req.raw, c.env.origin)
    return result.ok
      ? oauthJson(result.value, 200, headers)
      : renderOAuthRefusal({ ...result.error, headers: { ...headers, ...result.error.headers } })
  })
  .describe(introspection, async (c) => {
    const asked = await readClientRequest(c.env.deps, c.req.raw, c.env.origin)
    if (!asked.ok) return renderOAuthRefusal(asked.error)
    const { client, headers, token } = asked.value
    // RFC 7662 §2.1: the endpoint must require authorization; a public client cannot authenticate.
    if (!isConfidential(client)) return renderOAuthRefusal(invalidClient('client authentication is required'))
    const introspection = await introspect(c.env.deps, client, token)
    if (!wantsJwt(c.req.raw.headers.get('accept'), client)) return oauthJson(introspection, 200, headers)
    const { introspectionJwt } = await import('./introspection-response.ts')
    const jwt = await introspectionJwt(c.env.deps, client, introspection)
    return jwt.ok
      ? new Response(jwt.value, {
          headers: { 'content-type': introspectionJwtType, ...oauthHeaders, ...headers },
        })
      : renderOAuthRefusal({ ...jwt.error, headers: { ...headers, ...jwt.error.headers } })
  })
  .describe(revocation, async (c) => {
    const asked = await readClientRequest(c.env.deps, c.req.raw, c.env.origin)
    if (!asked.ok) return renderOAuthRefusal(asked.error)
    const { client, headers, token } = asked.value
    await revoke(c.env.deps, client, token, c.env.origin)
    return oauthJson({}, 200, headers)
  })
