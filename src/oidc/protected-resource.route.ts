/** `GET /.well-known/oauth-protected-resource`: the metadata of this server's own APIs. */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'
import { protectedResourcePath } from '../protocol/resource-metadata.ts'
import { ownResourceMetadata } from './protected-resource.ts'
import { publicJsonHeaders } from './public-json.ts'

export const protectedResourceRoutes = new DescribedRoutes<AppEnv>().describe(
  {
    id: 'getProtectedResourceMetadata',
    method: 'get',
    path: protectedResourcePath,
    summary: 'Metadata of userinfo and the admin API as protected resources',
    spec: 'RFC 9728 §3',
    tag: 'OAuth 2.1',
    responses: { 200: 'Which server issues tokens for them, and which scopes there are' },
  },
  (c) =>
    new Response(JSON.stringify(ownResourceMetadata(c.env.config.issuer)), { headers: publicJsonHeaders }),
)
