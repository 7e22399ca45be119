/** `POST /oauth/par`: pushed authorization requests. */
import type { AppEnv } from '../../dependencies.ts'
import { DescribedRoutes, formRefusals, type RouteDescription } from '../../kit/describe-route.ts'
import { oauthJson, renderOAuthRefusal } from '../../protocol/oauth-response.ts'

const push: RouteDescription = {
  id: 'pushAuthorizationRequest',
  method: 'post',
  path: '/oauth/par',
  summary: 'Pushed authorization request endpoint',
  spec: 'RFC 9126',
  tag: 'OAuth 2.1',
  responses: {
    201: 'The request is accepted: a `request_uri` for it, to be used once',
    ...formRefusals,
    400: 'The request is refused, as at the authorization endpoint (RFC 9126 §2.3)',
    401: 'Client authentication by the Authorization header failed',
    429: 'Too many requests',
  },
}

export const parRoutes = new DescribedRoutes<AppEnv>().describe(push, async (c) => {
  const { pushRequest } = await import('./push-request.ts')
  const { result, headers } = await pushRequest(c.env.deps, c.req.raw, c.env.origin)
  return result.ok
    ? oauthJson(result.value, 201, headers)
    : renderOAuthRefusal({ ...result.error, headers: { ...headers, ...result.error.headers } })
})
