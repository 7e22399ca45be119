/**
 * What a preset registers works as it is: the command makes the client, the variables it prints are all that the
 * application is given, and a library that others use does the rest.
 */
import { parseEnv } from 'node:util'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addUser, database, issuer } from './authly.ts'
import { addServiceAccount, createHome, giveRoles, type Home } from './cli/program.ts'
import { type ProtectedApi, serveProtectedApi } from './protected-api.ts'
import type { SeededUser } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent, type Page } from './user-agent.ts'

const scope = 'forecast:read'
let home: Home
let user: SeededUser
let api: ProtectedApi

beforeAll(async () => {
  const admin = await addUser()
  await giveRoles(admin, ['admin'])
  user = await addUser()
  home = await createHome()
  expect((await home.login(admin)).code).toBe(0)
  api = await serveProtectedApi(issuer, scope)
  const run = (...args: string[]) => home.run([...args, '--yes'])
  const made = await run('resource-servers', 'create', '--resource', api.resource, '--name', 'Forecast')
  expect(made.code, made.stderr).toBe(0)
  const named = ['--name', scope, '--description', 'See the forecast', '--resource', api.resource]
  const added = await run('scopes', 'create', ...named)
  expect(added.code, added.stderr).toBe(0)
})
afterAll(async () => {
  await Promise.all([home?.remove(), api?.close()])
})

/** The environment of the application, as the command prints it. */
async function create(...args: string[]): Promise<Readonly<Record<string, string>>> {
  const { code, stdout, stderr } = await home.run(['clients', 'create', ...args, '--yes'])
  expect(code, stderr).toBe(0)
  return parseEnv(stdout) as Record<string, string>
}

/** The client as the application knows it: by its environment alone. */
function discover(env: Readonly<Record<string, string>>, prefix = ''): Promise<oidc.Configuration> {
  const value = (name: string) => env[`${prefix}AUTHLY_${name}`]
  const secret = env['AUTHLY_CLIENT_SECRET']
  return oidc.discovery(
    new URL(value('ISSUER') as string),
    value('CLIENT_ID') as string,
    secret,
    secret === undefined ? oidc.None() : undefined,
    { execute: [oidc.allowInsecureRequests] },
  )
}

interface Flow {
  readonly redirect_uri: string
  readonly scope: string
  readonly resource?: string
  readonly DPoP?: oidc.DPoPHandle
}

async function signInTo(config: oidc.Configuration, { DPoP, ...parameters }: Flow) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const expectedState = oidc.randomState()
  const url = oidc.buildAuthorizationUrl(config, {
    ...{ ...parameters, state: expectedState, code_challenge_method: 'S256' },
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
  })
  const pages: Page[] = []
  const callback = await signIn(createUserAgent(), url, parameters.redirect_uri, {
    ...{ user, onPage: (page: Page) => pages.push(page) },
  })
  const checks = { pkceCodeVerifier, expectedState, idTokenExpected: true }
  const tokens = await oidc.authorizationCodeGrant(config, callback, checks, undefined, DPoP && { DPoP })
  return { tokens, seen: pages.map(({ url: { pathname } }) => pathname) }
}

describe('spa', () => {
  it('signs a person in without consent or secret, with tokens bound to its key, and refreshes', async () => {
    const env = await create('--preset', 'spa', '--framework', 'react')
    expect(Object.keys(env).sort()).toEqual(['VITE_AUTHLY_CLIENT_ID', 'VITE_AUTHLY_ISSUER'])
    const config = await discover(env, 'VITE_')
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair())
    const flow = { redirect_uri: 'http://localhost:5173/callback', scope: 'openid profile email' }
    const { tokens, seen } = await signInTo(config, { ...flow, DPoP })
    expect(seen).toEqual(['/login'])
    expect(tokens.claims()?.sub).toBe(user.id)
    expect(tokens.token_type).toBe('dpop')
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token as string, undefined, {
      DPoP,
    })
    expect(refreshed.token_type).toBe('dpop')
    // Attack: a downgrade, by whoever would like tokens that work without the key.
    await expect(signInTo(config, flow)).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
  })

  it('is over when an administrator ends the session: nothing outlives it', async () => {
    const env = await create('--framework', 'vue')
    const config = await discover(env, 'VITE_')
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair())
    const flow = { redirect_uri: 'http://localhost:5173/callback', scope: 'openid profile email', DPoP }
    const { tokens } = await signInTo(config, flow)
    const info = await oidc.fetchUserInfo(config, tokens.access_token, user.id, { DPoP })
    expect(info.email_verified).toBeDefined()
    const listed = await home.run(['users', 'sessions', 'list', user.username, '-o', 'json'])
    const { items } = JSON.parse(listed.stdout) as { items: { session_id: string }[] }
    for (const { session_id } of items) {
      const ended = await home.run(['users', 'sessions', 'delete', user.username, session_id, '--yes'])
      expect(ended.code, ended.stderr).toBe(0)
    }
    const refreshing = oidc.refreshTokenGrant(config, tokens.refresh_token as string, undefined, { DPoP })
    await expect(refreshing).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

describe('web', () => {
  it.each(['nextjs', 'fastapi', 'spring'])(
    'signs a person in to %s, with the secret it printed',
    async (name) => {
      const env = await create('--framework', name)
      const { redirect_uri } = await registered(env)
      expect(redirect_uri.startsWith(`${env['AUTHLY_BASE_URL']}/`)).toBe(true)
      const config = await discover(env)
      const { tokens, seen } = await signInTo(config, { redirect_uri, scope: 'openid profile email' })
      expect(seen).toEqual(['/login'])
      expect(tokens.claims()?.sub).toBe(user.id)
      const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token as string)
      expect(refreshed.claims()?.sub).toBe(user.id)
      const url = oidc.buildEndSessionUrl(config, {
        ...{ id_token_hint: tokens.id_token as string },
        post_logout_redirect_uri: `${env['AUTHLY_BASE_URL']}/`,
      })
      expect((await fetch(url, { redirect: 'manual' })).status).toBeLessThan(400)
    },
  )
})

describe('native', () => {
  it('signs a person in on any loopback port, asks for consent each time, and stays signed in', async () => {
    const env = await create('--preset', 'native', '--framework', 'cli')
    const config = await discover(env)
    const redirect_uri = 'http://127.0.0.1:49152/callback'
    const { tokens, seen } = await signInTo(config, { redirect_uri, scope: 'openid offline_access' })
    expect(seen).toEqual(['/login', '/consent'])
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token as string)
    expect(refreshed.access_token).toBeTruthy()
  })
})

describe('machine', () => {
  it('gets a token for its API, with the scopes it was given', async () => {
    const env = await create(
      ...['--preset', 'machine', '--client-name', 'Nightly', '--resources', api.resource, '--scope', scope],
    )
    const config = await discover(env)
    const parameters = { resource: env['AUTHLY_AUDIENCE'] as string }
    const tokens = await oidc.clientCredentialsGrant(config, parameters)
    expect(tokens.scope).toBe(scope)
    const answer = await fetch(api.resource, {
      ...{ method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }) },
      headers: {
        authorization: `Bearer ${tokens.access_token}`,
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
      },
    })
    expect(answer.status).toBe(200)
    expect(api.accepted.at(-1)).toMatchObject({ sub: env['AUTHLY_CLIENT_ID'], aud: api.resource })
  })

  it('gets one that allows nothing where it was given no scopes', async () => {
    const config = await discover(await create('--preset', 'machine', '--client-name', 'Nobody'))
    expect((await oidc.clientCredentialsGrant(config)).scope).toBeUndefined()
  })
})

describe('mcp', () => {
  it('lets a client of the MCP SDK find its way to the server, with nothing but the id it was given', async () => {
    const env = await create('--preset', 'mcp', '--client-name', 'Editor', '--resources', api.resource)
    const redirectUrl = 'http://127.0.0.1:39877/callback'
    let tokens: OAuthTokens | undefined
    let verifier = ''
    const opened: URL[] = []
    const authProvider = {
      redirectUrl,
      clientMetadata: { client_name: 'Editor', redirect_uris: [redirectUrl] },
      clientInformation: () => ({ client_id: env['AUTHLY_CLIENT_ID'] as string }),
      tokens: () => tokens,
      saveTokens: (given: OAuthTokens) => {
        tokens = given
      },
      redirectToAuthorization: (url: URL) => void opened.push(url),
      saveCodeVerifier: (text: string) => {
        verifier = text
      },
      codeVerifier: () => verifier,
    }
    const connect = () => {
      const transport = new StreamableHTTPClientTransport(new URL(api.resource), { authProvider })
      const client = new Client({ name: 'Editor', version: '1' })
      return {
        ...{ transport, client },
        connected: client.connect(transport as unknown as Parameters<typeof client.connect>[0]),
      }
    }
    const first = connect()
    await expect(first.connected).rejects.toBeInstanceOf(UnauthorizedError)
    const [url] = opened
    const arrived = await signIn(createUserAgent(), url as URL, redirectUrl, { user })
    await first.transport.finishAuth(arrived.searchParams.get('code') as string)
    const second = connect()
    await second.connected
    const answer = await second.client.callTool({ name: 'weather', arguments: {} })
    await second.client.close()
    expect(answer.content).toEqual([{ type: 'text', text: `sunny for ${user.id}` }])
    expect(api.accepted.at(-1)).toMatchObject({ aud: api.resource, client_id: env['AUTHLY_CLIENT_ID'] })
    expect(tokens?.refresh_token).toBeTruthy()
  })
})

describe('a service account', () => {
  it('may use presets too, without a terminal: the whole answer as JSON', async () => {
    const service = await addServiceAccount(['admin:clients:write'])
    const env = {
      ...{ AUTHLY_ISSUER: issuer, AUTHLY_CLIENT_ID: service.client_id },
      AUTHLY_CLIENT_SECRET: service.client_secret,
    }
    const args = ['clients', 'create', '--preset', 'web', '--client-name', 'CI', '--yes', '-o', 'json']
    const { code, stdout, stderr } = await home.run(args, { env })
    expect(code, stderr).toBe(0)
    const made = JSON.parse(stdout) as { client_secret: string; setup: { environment: object[] } }
    expect(made.setup.environment).toContainEqual({
      ...{ name: 'AUTHLY_CLIENT_SECRET', value: made.client_secret },
    })
  })
})

async function registered(env: Readonly<Record<string, string>>): Promise<{ redirect_uri: string }> {
  const { rows } = await database.query<{ redirect_uri: string }>(
    'SELECT redirect_uris[1] AS redirect_uri FROM clients WHERE client_id = $1',
    [env['AUTHLY_CLIENT_ID']],
  )
  return rows[0] as { redirect_uri: string }
}
