/** Server metadata: cacheable, the same for everyone, and dependent only on the configuration. */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, type RouteDescription } from '../kit/describe-route.ts'
import { serverMetadata } from './discovery.ts'
import { publicJsonHeaders } from './public-json.ts'

const documents = {
  getOpenIdConfiguration: '/.well-known/openid-configuration',
  getAuthorizationServerMetadata: '/.well-known/oauth-authorization-server',
} as const

let metadata: { readonly issuer: string; readonly json: string } | undefined

export const discoveryRoutes = new DescribedRoutes<AppEnv>()

for (const [id, path] of Object.entries(documents)) {
  const route: RouteDescription = {
    id,
    method: 'get',
    path,
    summary: 'Server metadata',
    spec: 'OpenID Connect Discovery §4, RFC 8414 §3',
    tag: 'OpenID Connect',
    responses: { 200: 'Metadata derived from the configured issuer' },
  }
  discoveryRoutes.describe(route, async (c) => {
    const { issuer } = c.env.config
    if (metadata?.issuer !== issuer) {
      const { reachableClasses } = await import('../login/steps/index.ts')
      metadata = { issuer, json: JSON.stringify(serverMetadata(issuer, reachableClasses())) }
    }
    return new Response(metadata.json, { headers: publicJsonHeaders })
  })
}
