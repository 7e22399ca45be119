/** Server metadata: cacheable, the same for everyone, and dependent only on configuration and settings. */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, type RouteDescription } from '../kit/describe-route.ts'
import { isRegistrationOpen } from '../settings/registration-opening.ts'
import { noneUnregistered, serverMetadata, type UnregisteredClients } from './discovery.ts'
import { publicJsonHeaders } from './public-json.ts'

const documents = {
  getOpenIdConfiguration: '/.well-known/openid-configuration',
  getAuthorizationServerMetadata: '/.well-known/oauth-authorization-server',
} as const

interface Known {
  /** Everything that the document depends on. */
  readonly key: string
  readonly json: string
}

interface Opening {
  readonly registers: boolean
  readonly unregistered: UnregisteredClients
}

let metadata: Known | undefined

/** Without settings nobody is told that they could register, neither people nor clients. */
async function readOpening({ config, deps }: AppEnv['Bindings']): Promise<Opening> {
  const settings = await deps.readSettings().catch(() => undefined)
  if (!settings) return { registers: false, unregistered: noneUnregistered }
  return {
    registers: isRegistrationOpen(settings, config.delivery.email !== undefined, undefined),
    unregistered: {
      registration: settings['client_registration.mode'] !== 'off',
      documents: settings['client_registration.documents'] === 'on',
    },
  }
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
    const { issuer } = c.env.config
    const opening = await readOpening(c.env)
    const key = JSON.stringify([issuer, opening])
    if (metadata?.key !== key) {
      const { reachableClasses } = await import('../login/steps/index.ts')
      const { registers, unregistered } = opening
      metadata = {
        key,
        json: JSON.stringify(serverMetadata(issuer, reachableClasses(), registers, unregistered)),
      }
    }
    return new Response(metadata.json, { headers: publicJsonHeaders })
  })
}
