/** Server metadata: cacheable, the same for everyone, and dependent only on configuration and settings. */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, type RouteDescription } from '../kit/describe-route.ts'
import { isRegistrationOpen } from '../settings/registration-opening.ts'
import { serverMetadata } from './discovery.ts'
import { publicJsonHeaders } from './public-json.ts'

const documents = {
  getOpenIdConfiguration: '/.well-known/openid-configuration',
  getAuthorizationServerMetadata: '/.well-known/oauth-authorization-server',
} as const

interface Known {
  readonly issuer: string
  readonly registers: boolean
  readonly sessionManagement: boolean
  readonly json: string
}

let metadata: Known | undefined

/** Without settings nobody is told that they could register. A deployment without e-mail reads none. */
async function canRegister({ config, deps }: AppEnv['Bindings']): Promise<boolean> {
  if (config.delivery.email === undefined) return false
  const settings = await deps.readSettings().catch(() => undefined)
  return settings !== undefined && isRegistrationOpen(settings, true, undefined)
}

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
    const { issuer, sessionManagement } = c.env.config
    const registers = await canRegister(c.env)
    const known = metadata
    const isKnown =
      known?.issuer === issuer &&
      known.registers === registers &&
      known.sessionManagement === sessionManagement
    if (!isKnown || !metadata) {
      const { reachableClasses } = await import('../login/steps/index.ts')
      const json = JSON.stringify(serverMetadata(issuer, reachableClasses(), registers, sessionManagement))
      metadata = { issuer, registers, sessionManagement, json }
    }
    return new Response(metadata.json, { headers: publicJsonHeaders })
  })
}
