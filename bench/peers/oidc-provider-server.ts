/**
 * oidc-provider on Node's own HTTP server, configured to do the same work as Authly: ES256 JWT access tokens,
 * RS256 (or ES256) ID tokens, rotating refresh tokens, PKCE. Where a setting is a matter of taste, the cheaper
 * one is taken (unsigned cookies, tokens not bound to the session).
 *
 * Environment: PORT, ADAPTER (`memory` or `postgres`), DATABASE_URL, CLIENT_JWKS (of the clients that sign).
 */
import { createServer, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js'
import LRU from 'oidc-provider/lib/helpers/lru.js'
import { clientsWith, fapiClient, resource, scopes } from './peer-settings.ts'
import { postgresAdapter, preparePostgres } from './postgres-adapter.ts'

const port = Number(process.env['PORT'])
const publicHost = `localhost:${port}`
const issuer = `http://${publicHost}`
const lifetimeSeconds = 3_600
const peerClients = clientsWith(JSON.parse(process.env['CLIENT_JWKS'] ?? '{"keys":[]}'))

async function adapter(): Promise<unknown> {
  if (process.env['ADAPTER'] === 'postgres') {
    return postgresAdapter(await preparePostgres(process.env['DATABASE_URL'] ?? ''))
  }
  // The built-in adapter forgets all but the last 1,000 entries, too few for 1,000 people.
  const store = new LRU({ maxSize: 2_000_000 })
  return (model: string) => new MemoryAdapter(model, store)
}

async function signingKey(alg: 'ES256' | 'RS256'): Promise<object> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: alg }
}

const lifetimes = [
  'AccessToken',
  'AuthorizationCode',
  'ClientCredentials',
  'Grant',
  'IdToken',
  'RefreshToken',
]

const provider = new Provider(issuer, {
  adapter: await adapter(),
  clients: peerClients,
  jwks: { keys: [await signingKey('RS256'), await signingKey('ES256')] },
  scopes: ['openid', 'offline_access'],
  claims: { openid: ['sub'] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async (_: unknown, client: { grantTypeAllowed(type: string): boolean }) =>
    client.grantTypeAllowed('refresh_token'),
  expiresWithSession: async () => false,
  findAccount: (_: unknown, accountId: string) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  interactions: {
    url: (_: unknown, { prompt }: { prompt: { name: string; reasons: string[] } }) =>
      `/interaction-needed?${prompt.name}=${prompt.reasons.join()}`,
  },
  ttl: Object.fromEntries([...lifetimes, 'Interaction', 'Session'].map((name) => [name, lifetimeSeconds])),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: async () => true },
    revocation: { enabled: true },
    // Like Authly: nonces of no confidential client, and proofs are accepted once.
    dPoP: { enabled: true, allowReplay: false },
    pushedAuthorizationRequests: { enabled: true },
    fapi: {
      enabled: true,
      profile: (_: unknown, client?: { clientId: string }) =>
        client?.clientId === fapiClient ? '2.0' : undefined,
    },
    resourceIndicators: {
      enabled: true,
      // oidc-provider refuses to introspect JWTs, so one client gets opaque tokens for that operation.
      defaultResource: async (_: unknown, client: { clientId: string }) =>
        client.clientId === 'opaque' ? undefined : resource,
      useGrantedResource: async () => true,
      getResourceServerInfo: async () => ({
        ...{ scope: scopes, audience: resource, accessTokenTTL: lifetimeSeconds },
        ...{ accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } },
      }),
    },
  },
})

provider.on('server_error', (_context, error) => console.error(error))

/** Signs `count` people in, with consent remembered for every client; answers their session cookies. */
async function signPeopleIn(count: number, response: ServerResponse): Promise<void> {
  const cookies: string[] = []
  for (let index = 0; index < count; index += 1) {
    const accountId = `user-${index}`
    const session = new provider.Session()
    session.loginAccount({ accountId, amr: ['pwd'], acr: 'urn:bench:pwd' })
    for (const { client_id: clientId, response_types: responseTypes } of peerClients) {
      if (responseTypes.length === 0) continue
      const grant = new provider.Grant({ accountId, clientId })
      grant.addOIDCScope('openid offline_access')
      grant.addResourceScope(resource, scopes)
      session.ensureClientContainer(clientId)
      session.grantIdFor(clientId, await grant.save())
    }
    await session.save(lifetimeSeconds)
    cookies.push(`_session=${session.jti}`)
  }
  response.setHeader('content-type', 'application/json').end(JSON.stringify(cookies))
}

const handle = provider.callback()
createServer((request, response) => {
  // As a proxy in front would: proofs name the public address, and load generators differ in what they send.
  request.headers.host = publicHost
  const count = /^\/bench\/sign-in\?count=(\d+)$/.exec(request.url ?? '')?.[1]
  if (count === undefined) handle(request, response)
  else
    signPeopleIn(Number(count), response).catch((error: unknown) =>
      response.writeHead(500).end(String(error)),
    )
}).listen(port, '127.0.0.1')
