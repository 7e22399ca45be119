/**
 * Clients that no administrator registered. That of the Model Context Protocol finds its way without anything set up for
 * it: from the challenge of an API it has never met to a token for that API, by a document that describes it, or by
 * registering. `oauth4webapi` registers with an initial access token and validates every answer to the letter.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OAuthClientProvider, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js'
import { generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLocalCertificate } from '../../scripts/security/local-certificate.ts'
import { publicJwks } from './client-keys.ts'
import { type OwnAuthly, startOwnAuthly } from './own-authly.ts'
import { type ProtectedApi, serveProtectedApi } from './protected-api.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent, type Page } from './user-agent.ts'

const callback = 'http://127.0.0.1:39876/callback'
const scope = 'weather:read'
const metadata: OAuthClientMetadata = {
  client_name: 'Example editor',
  redirect_uris: [callback],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
}

let folder: string
let administer: (method: string, path: string, body: object) => Promise<Record<string, unknown>>
let authly: OwnAuthly
let api: ProtectedApi
let closedApi: ProtectedApi
let documents: Server
let keys: Awaited<ReturnType<typeof generateKeyPair>>
let documentUrl: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authly-mcp-'))
  const certificate = makeLocalCertificate(folder)
  keys = await generateKeyPair('ES256')
  const jwks = await publicJwks(keys.publicKey, 'ES256')
  documents = createServer({ key: certificate.key, cert: certificate.certificate }, (request, response) => {
    const client_id = new URL(request.url ?? '', documentUrl).href
    const withKeys = { token_endpoint_auth_method: 'private_key_jwt', jwks }
    const document = { client_id, ...metadata, ...(request.url === '/client.json' ? {} : withKeys) }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(document))
  })
  await new Promise<void>((resolve) => documents.listen(0, '127.0.0.1', resolve))
  documentUrl = `https://localhost:${(documents.address() as AddressInfo).port}/client.json`
  authly = await startOwnAuthly({}, { trustedCertificates: [certificate.certificate] })
  api = await serveProtectedApi(authly.issuer, scope)
  closedApi = await serveProtectedApi(authly.issuer, 'orders:read')
  const scopes = ['admin:scopes:write', 'admin:settings:write', 'admin:clients:write']
  const service = await authly.seed.addClient({ scopes })
  const granted = await authly.rp.requestToken(service, { grant_type: 'client_credentials' })
  administer = async (method, path, body) => {
    const answer = await fetch(`${authly.issuer}/admin/${path}`, {
      ...{ method, body: JSON.stringify(body) },
      headers: {
        ...{ authorization: `Bearer ${granted.json?.['access_token']}`, 'if-match': '*' },
        'content-type': 'application/json',
      },
    })
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Record<string, unknown>
  }
  const servers = [
    { resource: api.resource, name: 'Weather', open_to_unreviewed: true },
    { resource: closedApi.resource, name: 'Orders' },
  ]
  for (const server of servers) await administer('POST', 'resource-servers', server)
  const [weather, orders] = [
    { name: scope, description: 'See the weather', resource: api.resource },
    { name: 'orders:read', description: 'See your orders', resource: closedApi.resource },
  ]
  for (const each of [weather, orders]) await administer('POST', 'scopes', each)
  await administer('PATCH', 'settings/client_registration.mode', { value: 'open' })
  await administer('PATCH', 'settings/client_registration.documents', { value: 'on' })
}, 240_000)

afterAll(async () => {
  await Promise.all([api?.close(), closedApi?.close(), authly?.stop()])
  documents?.close()
  await rm(folder, { recursive: true, force: true })
})

/** What an application keeps; nothing in it when it starts. */
function createProvider(clientMetadataUrl?: string) {
  let client: OAuthClientInformationMixed | undefined
  let tokens: OAuthTokens | undefined
  let verifier = ''
  const opened: URL[] = []
  const provider: OAuthClientProvider = {
    ...(clientMetadataUrl === undefined ? {} : { clientMetadataUrl }),
    redirectUrl: callback,
    clientMetadata: metadata,
    clientInformation: () => client,
    saveClientInformation: (information) => {
      client = information
    },
    tokens: () => tokens,
    saveTokens: (given) => {
      tokens = given
    },
    redirectToAuthorization: (url) => void opened.push(url),
    saveCodeVerifier: (text) => {
      verifier = text
    },
    codeVerifier: () => verifier,
    state: () => 'state-1',
  }
  return { provider, opened, client: () => client, tokens: () => tokens }
}

/** Connects, is sent to sign in, comes back with a code, connects again and calls a tool. */
async function callTool(provider: ReturnType<typeof createProvider>, target: ProtectedApi) {
  const connect = async () => {
    const transport = new StreamableHTTPClientTransport(new URL(target.resource), {
      authProvider: provider.provider,
    })
    const client = new Client({ name: 'Example editor', version: '1' })
    return {
      transport,
      client,
      connected: client.connect(transport as unknown as Parameters<typeof client.connect>[0]),
    }
  }
  const first = await connect()
  const refusal = await first.connected.catch((error: unknown) => error)
  if (!(refusal instanceof UnauthorizedError)) throw refusal
  const [url] = provider.opened
  if (!url) throw new Error('nobody was sent to sign in')
  const user = await authly.seed.addUser()
  const pages: Page[] = []
  const arrived = await signIn(createUserAgent(), url, callback, { user, onPage: (page) => pages.push(page) })
  expect(arrived.searchParams.get('state')).toBe('state-1')
  const code = arrived.searchParams.get('code')
  if (code === null) throw new Error(`no code: ${arrived.search}`)
  await first.transport.finishAuth(code)
  const second = await connect()
  await second.connected
  const answer = await second.client.callTool({ name: 'weather', arguments: {} })
  await second.client.close()
  return { answer, pages, user }
}

describe.each([
  ['by a document that describes it (draft-ietf-oauth-client-id-metadata-document)', 'document'],
  ['by registering (RFC 7591)', 'registration'],
] as const)('a client that makes itself known %s', (_how, origin) => {
  it('discovers, authorizes and calls an API: no manual set-up (MCP 2025-11-25)', async () => {
    const known = createProvider(origin === 'document' ? documentUrl : undefined)
    const { answer, pages, user } = await callTool(known, api)
    expect(answer.content).toEqual([{ type: 'text', text: `sunny for ${user.id}` }])
    const id = known.client()?.client_id
    if (origin === 'document') expect(id).toBe(documentUrl)
    else expect(id).toMatch(/^app-/)
    expect(known.opened[0]?.searchParams.get('resource')).toBe(api.resource)
    // What it got is for that API alone.
    expect(api.accepted.at(-1)).toMatchObject({
      aud: api.resource,
      client_id: id,
      scope: expect.stringContaining(scope),
    })
    expect(known.tokens()?.refresh_token).toBeTruthy()
    const consent = pages.find(({ url }) => url.pathname === '/consent')
    expect(consent?.text).toContain('Nobody here has reviewed this application')
    expect(consent?.text).toContain(origin === 'document' ? new URL(documentUrl).host : '127.0.0.1')
  })

  it('gets nothing for an API that is not open to it', async () => {
    const known = createProvider(origin === 'document' ? documentUrl : undefined)
    // The document names no scopes, so the API it may not use is refused; a registration names them, and is refused itself.
    const refusal = origin === 'document' ? /invalid_(scope|target)/ : /scope/
    await expect(callTool(known, closedApi)).rejects.toThrow(refusal)
    expect(known.tokens()).toBeUndefined()
    expect(closedApi.accepted).toEqual([])
  })
})

describe('oauth4webapi', () => {
  const insecure = { [oauth.allowInsecureRequests]: true }
  const redirect_uris = ['https://shop.example.test/callback']

  it('registers with an initial access token, and signs a person in by OpenID Connect alone, without PKCE', async () => {
    const made = await administer('POST', 'initial-access-tokens', { name: 'Shops', profile: 'oidc' })
    const url = new URL(authly.issuer)
    const as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure))
    const register = (initialAccessToken: string) =>
      oauth.dynamicClientRegistrationRequest(
        as,
        { client_name: 'Example shop', redirect_uris, logo_uri: 'https://shop.example.test/logo.png' },
        { initialAccessToken, ...insecure },
      )
    const response = await register(String(made['initial_access_token']))
    const client = await oauth.processDynamicClientRegistrationResponse(response)
    const [redirectUri = ''] = redirect_uris
    const nonce = oauth.generateRandomNonce()
    const target = new URL(as.authorization_endpoint as string)
    target.search = new URLSearchParams({
      ...{ client_id: client.client_id, redirect_uri: redirectUri, response_type: 'code' },
      ...{ scope: 'openid email', state: 'state-1', nonce },
    }).toString()
    const user = await authly.seed.addUser()
    const arrived = await signIn(createUserAgent(), target, redirectUri, { user })
    const checked = oauth.validateAuthResponse(as, client, arrived, 'state-1')
    const tokens = await oauth.processAuthorizationCodeResponse(
      as,
      client,
      await oauth.authorizationCodeGrantRequest(
        ...([as, client, oauth.ClientSecretBasic(String(client.client_secret)), checked] as const),
        ...([redirectUri, oauth.nopkce, insecure] as const),
      ),
      { expectedNonce: nonce, requireIdToken: true },
    )
    const claims = await oauth.processUserInfoResponse(
      as,
      client,
      user.id,
      await oauth.userInfoRequest(as, client, tokens.access_token, insecure),
    )
    expect(claims.sub).toBe(user.id)
    // The token was for one client.
    await expect(
      register(String(made['initial_access_token'])).then(oauth.processDynamicClientRegistrationResponse),
    ).rejects.toThrow()
  })

  it('authenticates by the keys in its document, and by no other', async () => {
    const url = new URL(authly.issuer)
    const as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure))
    const client: oauth.Client = { client_id: new URL('/signed.json', documentUrl).href }
    const user = await authly.seed.addUser()
    const redeem = async (privateKey: CryptoKey) => {
      const codeVerifier = oauth.generateRandomCodeVerifier()
      const target = new URL(as.authorization_endpoint as string)
      target.search = new URLSearchParams({
        ...{ client_id: client.client_id, redirect_uri: callback, response_type: 'code', scope: 'openid' },
        code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      }).toString()
      const arrived = await signIn(createUserAgent(), target, callback, { user })
      const checked = oauth.validateAuthResponse(as, client, arrived, oauth.expectNoState)
      const response = await oauth.authorizationCodeGrantRequest(
        ...([
          as,
          client,
          oauth.PrivateKeyJwt(privateKey),
          checked,
          callback,
          codeVerifier,
          insecure,
        ] as const),
      )
      return oauth.processAuthorizationCodeResponse(as, client, response, { requireIdToken: true })
    }
    const tokens = await redeem(keys.privateKey)
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ sub: user.id, aud: client.client_id })
    const others = await generateKeyPair('ES256')
    await expect(redeem(others.privateKey)).rejects.toThrow(
      expect.objectContaining({ error: 'invalid_client' }),
    )
  })
})
