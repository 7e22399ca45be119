/** The same rules in Hono, Express and handlers of the Fetch API, and what their answers look like. */
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { createApiVerifier, createDpopNonces } from '@authly-server/api'
import * as forExpress from '@authly-server/api/express'
import * as forHono from '@authly-server/api/hono'
import { createDpopKey, dpopProof } from '@authly-server/core'
import express from 'express'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audience, createIssuerAndApi, issuer } from './issuer.ts'

type Send = (path: string, headers?: Record<string, string>, method?: string) => Promise<Response>

const secret = Buffer.alloc(32, 7).toString('base64url')
let network: Awaited<ReturnType<typeof createIssuerAndApi>>
const senders: Record<string, Send> = {}
const closers: (() => void)[] = []

beforeAll(async () => {
  network = await createIssuerAndApi({
    metadata: { scopes: ['orders:read'], name: 'Orders' },
    dpopNonces: createDpopNonces({ secret }),
  })
  const { api } = network
  const requirements = { scopes: ['orders:read'] }

  const hono = new Hono()
    .use(forHono.resourceMetadata(api))
    .use(cors({ origin: 'https://app.example', exposeHeaders: ['WWW-Authenticate', 'DPoP-Nonce'] }))
    .get('/orders', forHono.protect(requirements, api), (c) => c.json({ sub: c.var.token.sub }))
    .get('/admin', forHono.protect({ scopes: ['admin'] }, api), (c) => c.text('secret'))
  senders['Hono'] = async (path, headers = {}, method = 'GET') =>
    hono.request(`${audience}${path}`, { method, headers })

  const app = express()
    .use(forExpress.resourceMetadata(api))
    .get('/orders', forExpress.protect(requirements, api), (request, response) => {
      response.json({ sub: request.token?.sub })
    })
    .get('/admin', forExpress.protect({ scopes: ['admin'] }, api), (_request, response) => {
      response.send('secret')
    })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  senders['Express'] = (path, headers = {}, method = 'GET') => fetch(origin + path, { method, headers })

  const orders = api.protect(requirements, (_request, token) => Response.json({ sub: token.sub }))
  const admin = api.protect({ scopes: ['admin'] }, () => new Response('secret'))
  senders['the Fetch API'] = async (path, headers = {}, method = 'GET') => {
    const request = new Request(`${audience}${path}`, { method, headers })
    return api.metadata(request) ?? (path === '/admin' ? admin(request) : orders(request))
  }
})
afterAll(() => {
  for (const close of closers) close()
})

describe.each(['Hono', 'Express', 'the Fetch API'])('in %s', (name) => {
  const send: Send = (...parameters) => (senders[name] as Send)(...parameters)

  it('a route is served with a good token', async () => {
    const response = await send('/orders', { authorization: `Bearer ${await network.tokenOf()}` })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ sub: 'user-1' })
  })

  it('a route is not entered without one, and the answer says where to get it', async () => {
    const response = await send('/orders')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer scope="orders:read", realm=/)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
    expect(await response.json()).toEqual({
      error: 'missing_token',
      error_description: 'this resource needs an access token',
    })
  })

  it('a token in the URL is none (RFC 9700 §4.3.2)', async () => {
    const response = await send(`/orders?access_token=${await network.tokenOf()}`)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).not.toContain('error=')
  })

  it('a scope that is missing is 403', async () => {
    const response = await send('/admin', { authorization: `Bearer ${await network.tokenOf()}` })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: 'insufficient_scope', scope: 'admin' })
  })

  it('nothing of a token is in the answer', async () => {
    const [header = '', payload = ''] = (await network.tokenOf()).split('.')
    const response = await send('/orders', { authorization: `Bearer ${header}.${payload}.AAAA` })
    const answer = JSON.stringify([...response.headers]) + (await response.text())
    expect(response.status).toBe(401)
    for (const part of [header, payload, 'user-1']) expect(answer).not.toContain(part)
  })

  it('the next nonce is told with every response to a bound token (RFC 9449 §8.2)', async () => {
    const key = await createDpopKey()
    const token = await network.tokenOf({ claims: { cnf: { jkt: key.thumbprint } } })
    const url = name === 'Express' ? `${(await send('/orders')).url}` : `${audience}/orders`
    const clockOffsetSeconds = Math.round((network.state.now - Date.now()) / 1000)
    const ask = async (nonce?: string) => {
      const proof = await dpopProof(key, {
        method: 'GET',
        url,
        accessToken: token,
        clockOffsetSeconds,
        nonce,
      })
      return send('/orders', { authorization: `DPoP ${token}`, dpop: proof })
    }
    const refused = await ask()
    expect([refused.status, (await refused.json()).error]).toEqual([401, 'use_dpop_nonce'])
    const served = await ask(refused.headers.get('dpop-nonce') as string)
    expect(served.status).toBe(200)
    expect(served.headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/)
  })

  it('the metadata of the resource is served, to scripts of any origin (RFC 9728 §3)', async () => {
    const path = '/.well-known/oauth-protected-resource'
    const response = await send(path)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await response.json()).toMatchObject({
      ...{ resource: audience, authorization_servers: [issuer], resource_name: 'Orders' },
      ...{ scopes_supported: ['orders:read'], bearer_methods_supported: ['header'] },
      dpop_bound_access_tokens_required: false,
    })
    const head = await send(path, {}, 'HEAD')
    expect([head.status, await head.text()]).toEqual([200, ''])
    const preflight = await send(path, { origin: 'https://app.example' }, 'OPTIONS')
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
    expect((await send(path, {}, 'POST')).status).not.toBe(200)
  })
})

describe('in Hono', () => {
  it('a script of the application can read the refusal when the CORS middleware is in front', async () => {
    const response = await (senders['Hono'] as Send)('/orders', { origin: 'https://app.example' })
    expect(response.status).toBe(401)
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
  })

  it('the bindings say issuer and audience when no verifier is given', async () => {
    const app = new Hono().get('/', forHono.protect(), (c) => c.text('in'))
    const bindings = { AUTHLY_ISSUER: issuer, AUTHLY_AUDIENCE: 'https://bound.example' }
    const response = await app.request('/', {}, bindings)
    expect(response.headers.get('www-authenticate')).toContain('realm="https://bound.example"')
  })

  it('what the handler throws is not taken for a refusal', async () => {
    const app = new Hono().get('/', forHono.protect({}, network.api), () => {
      throw new Error('of the handler')
    })
    app.onError((error, c) => c.text(error.message, 500))
    const response = await app.request('/', {
      headers: { authorization: `Bearer ${await network.tokenOf()}` },
    })
    expect([response.status, await response.text()]).toEqual([500, 'of the handler'])
  })
})

describe('in Express', () => {
  /** The status of a request that no HTTP library would send. */
  const sendRaw = async (target: string, headers: readonly string[]): Promise<string> => {
    const { port } = new URL((await (senders['Express'] as Send)('/orders')).url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write([`GET ${target} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n'))
    let answer = ''
    for await (const chunk of socket) answer += String(chunk)
    return answer.slice(9, 12)
  }

  it('of two Authorization headers neither is chosen', async () => {
    const authorization = `Authorization: Bearer ${await network.tokenOf()}`
    expect(await sendRaw('/orders', ['Host: api.example', authorization])).toBe('200')
    expect(await sendRaw('/orders', ['Host: api.example', authorization, authorization])).toBe('400')
  })

  it('a host that is none, or a whole URL in the place of the path, is no error of the server', async () => {
    expect(await sendRaw('/orders', ['Host: a b^c'])).toBe('401')
    expect(await sendRaw('http://evil.example/orders', ['Host: api.example'])).toBe('401')
  })
})

describe('the metadata of a resource with a path (RFC 9728 §3.1)', () => {
  it('is between host and path, and nowhere else', () => {
    const api = createApiVerifier({ issuer, audience: 'https://mcp.example/mcp' })
    const at = (path: string) => api.metadata({ method: 'GET', url: `http://localhost:3000${path}` })?.status
    expect(at('/.well-known/oauth-protected-resource/mcp')).toBe(200)
    expect(at('/.well-known/oauth-protected-resource')).toBeUndefined()
    expect(at('/mcp')).toBeUndefined()
  })

  it('is not told of when it is not served, or the audience is no URL', async () => {
    for (const options of [{ audience, metadataUrl: false as const }, { audience: 'urn:example:orders' }]) {
      const api = createApiVerifier({ issuer, ...options })
      const error = await api.verify(new Request(audience)).catch((reason: unknown) => reason)
      expect(JSON.stringify(error)).not.toContain('resource_metadata')
      expect(JSON.stringify(error)).toContain('realm=')
    }
  })
})
