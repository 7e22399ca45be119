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

/** The document, and what it was made of. */
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

/** Of the catalog, if it can be had. */
async function listDetailsTypes({ deps }: AppEnv['Bindings']): Promise<readonly string[]> {
  const catalog = await deps.loadScopeCatalog().catch(() => undefined)
  return catalog?.authorization_details_types?.map(({ type }) => type) ?? []
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
    const { config } = c.env
    const [opening, detailsTypes] = await Promise.all([readOpening(c.env), listDetailsTypes(c.env)])
    const requiresPushed = config.requirePushedAuthorizationRequests
    const is = {
      ...{ ...opening, requiresPushed, profile: config.profile, mtls: config.mtls },
      ...{ checksSessions: config.sessionManagement, detailsTypes },
    }
    const key = JSON.stringify([config.issuer, is])
    if (metadata?.key !== key) {
      const { reachableClasses } = await import('../login/steps/index.ts')
      const document = serverMetadata(config.issuer, { ...is, acrValues: reachableClasses() })
      metadata = { key, json: JSON.stringify(document) }
    }
    return new Response(metadata.json, { headers: publicJsonHeaders })
  })
}
