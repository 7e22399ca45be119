/**
 * An API that `@authly-server/api` protects, at an Authly: tokens of clients and of people, bound tokens, step-up, keys
 * that change while it runs, revoked tokens, and an Authly that is away.
 */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiVerifierOptions, createApiVerifier } from '@authly-server/api'
import { protect, resourceMetadata } from '@authly-server/api/express'
import { createDpopKey, createNonces, discover, dpopProof, requestTokens } from '@authly-server/core'
import express from 'express'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'
import { demoResource, type SeededClient, type SeededUser } from '../seed.ts'

let authly: OwnAuthly
let user: SeededUser
let client: SeededClient
const servers: Server[] = []

beforeAll(async () => {
  authly = await startOwnAuthly()
  user = await authly.seed.addUser()
  client = await authly.seed.addClient()
})
afterAll(async () => {
  for (const server of servers) server.close()
  await authly?.stop()
})

/** Serves an API; its routes answer with what they know of the token. */
async function serveApi(options: ApiVerifierOptions = {}): Promise<string> {
  const api = createApiVerifier({
    ...{ issuer: authly.issuer, audience: demoResource, metadata: { scopes: ['demo:read'] }, ...options },
  })
  const app = express()
    .use(resourceMetadata(api))
    .get('/read', protect({ scopes: ['demo:read'] }, api), (request, response) => {
      response.json(request.token)
    })
    .get('/write', protect({ scopes: ['demo:write'] }, api), (_request, response) => response.json({}))
    .get('/recent', protect({ maxAge: 1 }, api), (_request, response) => response.json({}))
    .get('/strong', protect({ acr: ['urn:authly:acr:none-such'], maxAge: 600 }, api), (_request, response) =>
      response.json({}),
    )
  const server = app.listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const ask = async (url: string, headers: Readonly<Record<string, string>>) => {
  const response = await fetch(url, { headers })
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate') ?? '',
    body: (await response.json()) as Record<string, unknown>,
  }
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const machineToken = async (owner = client, fields: Record<string, string> = {}): Promise<string> => {
  const answer = await authly.rp.requestToken(owner, {
    ...{ grant_type: 'client_credentials', scope: 'demo:read', resource: demoResource, ...fields },
  })
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.json?.['access_token'] as string
}

const userTokens = async () => {
  const agent = await authly.rp.signedInAgent(client, user)
  return { agent, tokens: await authly.rp.getTokens(agent, client, { resource: demoResource }) }
}

describe('an API', () => {
  it('serves a client with a token for it, and knows who it is', async () => {
    const api = await serveApi()
    const { status, body } = await ask(`${api}/read`, bearer(await machineToken()))
    expect(status).toBe(200)
    expect(body).toMatchObject({ clientId: client.client_id, scopes: ['demo:read'], tokenType: 'Bearer' })
    expect((await ask(`${api}/write`, bearer(await machineToken()))).status).toBe(403)
  })

  it('serves a person, and neither their ID token nor a token for another API', async () => {
    const api = await serveApi()
    const { agent, tokens } = await userTokens()
    const { status, body } = await ask(`${api}/read`, bearer(tokens.access_token))
    expect([status, body['sub']]).toEqual([200, user.id])
    expect(body['acr']).toEqual(expect.any(String))
    expect(body['authTime']).toEqual(expect.any(Number))
    expect(await ask(`${api}/read`, bearer(tokens.id_token))).toMatchObject({
      ...{ status: 401, body: { error: 'invalid_token' } },
    })
    const own = await authly.rp.getTokens(agent, client)
    const other = await ask(`${api}/read`, bearer(own.access_token))
    expect(other.body['error_description']).toBe('the access token is for another audience')
  })

  it('leads a client that knows nothing but its address to the issuer (RFC 9728 §5)', async () => {
    const api = await serveApi({ audience: await serveApi() })
    const { status, challenge } = await ask(`${api}/read`, {})
    expect(status).toBe(401)
    const [, metadataUrl = ''] = /resource_metadata="([^"]+)"/.exec(challenge) ?? []
    expect(new URL(metadataUrl).pathname).toBe('/.well-known/oauth-protected-resource')
    const metadata = await oauth
      .resourceDiscoveryRequest(new URL(api), { [oauth.allowInsecureRequests]: true })
      .then((response) => response.json())
    expect(metadata).toMatchObject({ authorization_servers: [authly.issuer] })
  })
})

describe('a bound token (RFC 9449)', () => {
  const bind = async () => {
    const key = await createDpopKey()
    const metadata = await discover(authly.issuer, (request) => fetch(request))
    const { access_token: token } = await requestTokens(
      {
        ...{ fetch: (request) => fetch(request), metadata, clientId: client.client_id },
        ...{ clientSecret: client.client_secret, dpop: { key, nonces: createNonces() } },
      },
      { grant_type: 'client_credentials', scope: 'demo:read', resource: demoResource },
    )
    return { key, token }
  }

  it('counts with its key alone, once for each proof, and never as a bearer token', async () => {
    const [api, { key, token }] = [await serveApi(), await bind()]
    const url = `${api}/read`
    const prove = (by = key) => dpopProof(by, { method: 'GET', url, accessToken: token })
    const proof = await prove()
    const headers = { authorization: `DPoP ${token}`, dpop: proof }
    const served = await ask(url, headers)
    expect(served.body).toMatchObject({ tokenType: 'DPoP', confirmation: { jkt: key.thumbprint } })
    const again = await ask(url, headers)
    expect([again.status, again.body['error']]).toEqual([401, 'invalid_dpop_proof'])
    const stolen = await ask(url, { ...headers, dpop: await prove(await createDpopKey()) })
    expect([stolen.status, stolen.body['error']]).toEqual([401, 'invalid_token'])
    const downgraded = await ask(url, bearer(token))
    expect(downgraded.status).toBe(401)
    expect(downgraded.challenge).toMatch(/^DPoP error="invalid_token"/)
  })

  it('is what another library makes proofs for, too', async () => {
    const api = await serveApi({ dpop: 'required' })
    const insecure = { [oauth.allowInsecureRequests]: true }
    const url = new URL(authly.issuer)
    const as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure))
    const party: oauth.Client = { client_id: client.client_id }
    for (const alg of ['ES256', 'RS256', 'PS256', 'Ed25519']) {
      const DPoP = oauth.DPoP(party, await oauth.generateKeyPair(alg))
      const response = await oauth.clientCredentialsGrantRequest(
        ...([as, party, oauth.ClientSecretBasic(client.client_secret)] as const),
        new URLSearchParams({ scope: 'demo:read', resource: demoResource }),
        { DPoP, ...insecure },
      )
      const { access_token } = await oauth.processClientCredentialsResponse(as, party, response)
      const served = await oauth.protectedResourceRequest(
        ...([access_token, 'GET', new URL(`${api}/read?page=2`), undefined, undefined] as const),
        { DPoP, ...insecure },
      )
      expect(served.status).toBe(200)
    }
    expect((await ask(`${api}/read`, bearer(await machineToken()))).status).toBe(401)
  })
})

describe('step-up (RFC 9470)', () => {
  it('a sign-in that is too old is refused with what to ask for, and good after it', async () => {
    const api = await serveApi({ clockToleranceSeconds: 1 })
    const { agent, tokens } = await userTokens()
    await sleep(3_100)
    const refused = await ask(`${api}/recent`, bearer(tokens.access_token))
    expect([refused.status, refused.body['error']]).toEqual([401, 'insufficient_user_authentication'])
    const [, max_age = ''] = /max_age="(\d+)"/.exec(refused.challenge) ?? []
    expect(max_age).toBe('1')
    // What the application does with it: the session alone is not good enough any more.
    const quiet = await authly.rp.authorize(
      client,
      { max_age, prompt: 'none', resource: demoResource },
      agent,
    )
    expect(quiet.location?.searchParams.get('error')).toBe('login_required')
    const renewed = await userTokens()
    expect((await ask(`${api}/recent`, bearer(renewed.tokens.access_token))).status).toBe(200)
  })

  it('a class that was not reached is asked for together with the age', async () => {
    const { tokens } = await userTokens()
    const { challenge } = await ask(`${await serveApi()}/strong`, bearer(tokens.access_token))
    expect(challenge).toContain('acr_values="urn:authly:acr:none-such", max_age="600"')
  })
})

describe('introspection (RFC 7662)', () => {
  it('refuses a revoked token at once; without it the token counts until it expires', async () => {
    const owner = await authly.seed.addClient({ serves_resources: [demoResource] })
    const introspection = { clientId: owner.client_id, clientSecret: owner.client_secret }
    const [asking, offline] = [await serveApi({ introspection }), await serveApi()]
    const { tokens } = await userTokens()
    expect((await ask(`${asking}/read`, bearer(tokens.access_token))).status).toBe(200)
    await authly.rp.revoke(client, tokens.refresh_token)
    expect(await ask(`${asking}/read`, bearer(tokens.access_token))).toMatchObject({ status: 401 })
    expect((await ask(`${offline}/read`, bearer(tokens.access_token))).status).toBe(200)
  })
})

describe('keys', () => {
  /** An API that has read the keys a while ago. */
  const serveForAWhile = async () => {
    let ahead = 0
    const api = await serveApi({ now: () => Date.now() + ahead })
    expect((await ask(`${api}/read`, bearer(await machineToken()))).status).toBe(200)
    ahead = 11_000
    return api
  }

  it('that change in an emergency are found by running APIs, with no request lost', async () => {
    const api = await serveForAWhile()
    const admin = await authly.seed.addClient({ scopes: ['admin:keys:write'] })
    const before = await machineToken()
    const granted = await authly.rp.requestToken(admin, {
      ...{ grant_type: 'client_credentials', scope: 'admin:keys:write' },
    })
    const rotated = await fetch(`${authly.issuer}/admin/keys/rotate`, {
      method: 'POST',
      headers: {
        ...bearer(granted.json?.['access_token'] as string),
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      },
      body: JSON.stringify({ alg: 'ES256', emergency: true }),
    })
    expect(rotated.status, await rotated.clone().text()).toBe(200)
    const kidOf = (token: string) => JSON.parse(atob(token.split('.')[0] as string)).kid
    const after = await machineToken()
    expect(kidOf(after)).not.toBe(kidOf(before))
    const answers = await Promise.all(
      [after, before, after, before, after].map((token) => ask(`${api}/read`, bearer(token))),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  it('of an algorithm that nobody used before are found, too', async () => {
    const api = await serveForAWhile()
    const other = await authly.seed.addClient({ access_token_signed_response_alg: 'PS256' })
    expect((await ask(`${api}/read`, bearer(await machineToken(other)))).status).toBe(200)
  })
})

describe('an Authly that is away', () => {
  it('is not missed by APIs that know its keys; others say 503 and not that the token is wrong', async () => {
    const api = await serveApi()
    const token = await machineToken()
    expect((await ask(`${api}/read`, bearer(token))).status).toBe(200)
    await authly.stop()
    expect((await ask(`${api}/read`, bearer(token))).status).toBe(200)
    const cold = await ask(`${await serveApi()}/read`, bearer(token))
    expect([cold.status, cold.body['error']]).toEqual([503, 'temporarily_unavailable'])
  })
})
