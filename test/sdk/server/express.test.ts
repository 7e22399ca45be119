/** What is Express's own: bodies that are read already, headers that are written late, odd addresses. */
import { createServer, request as httpRequest, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AuthlyServerOptions, memoryStore } from '@authly-server/server'
import { authly, requireSignIn } from '@authly-server/server/express'
import express, { type Express } from 'express'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sessionSecret } from './application.ts'
import { client, createIssuer, type Issuer, issuerUrl } from './issuer.ts'

let issuer: Issuer
const closing: (() => void)[] = []
beforeEach(async () => {
  issuer = await createIssuer()
})
afterEach(() => {
  vi.useRealTimers()
  for (const close of closing.splice(0)) close()
})

type Answer = { readonly status: number; readonly headers: Headers; readonly text: string }

/** @param build puts the application together around the middleware */
async function start(
  build: (app: Express, middleware: ReturnType<typeof authly>) => void,
  more: Partial<AuthlyServerOptions> = {},
) {
  const app = express()
  const server = createServer(app)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  closing.push(() => server.close())
  const { port } = server.address() as AddressInfo
  const baseUrl = `http://127.0.0.1:${port}`
  build(app, authly({ ...client, issuer: issuerUrl, baseUrl, sessionSecret, fetch: issuer.fetch, ...more }))
  const jar = new Map<string, string>()
  /** With any path and any headers, as no `fetch` would send them. */
  const send = (
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ) =>
    new Promise<Answer>((resolve, reject) => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const headers = { ...(cookie ? { cookie } : {}), ...init.headers }
      const { method = 'GET' } = init
      const outgoing = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => {
          const got = new Headers()
          for (const [name, value] of Object.entries(response.headers))
            for (const one of [value ?? []].flat()) got.append(name, one)
          for (const line of got.getSetCookie()) {
            const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
            if (name.startsWith('authly')) value ? jar.set(name, value) : jar.delete(name)
          }
          resolve({ status: response.statusCode ?? 0, headers: got, text })
        })
      })
      outgoing.on('error', reject)
      outgoing.end(init.body)
    })
  const signIn = async () => {
    const login = await send('/auth/login')
    const back = issuer.signIn(login.headers.get('location') ?? '')
    return send(back.pathname + back.search)
  }
  return { baseUrl, jar, send, signIn }
}

const tell: express.ErrorRequestHandler = (error, _req, res, _next) => {
  res.status(500).send((error as Error).message)
}

describe('Express', () => {
  it.each([
    [
      'before a body parser',
      (app: Express, middleware: express.RequestHandler) => void app.use(middleware, express.urlencoded()),
    ],
    [
      'after one',
      (app: Express, middleware: express.RequestHandler) => void app.use(express.urlencoded(), middleware),
    ],
  ])('reads a logout token %s', async (_name, build) => {
    const { send } = await start(build)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await send('/auth/backchannel-logout', {
      method: 'POST',
      headers,
      body: 'logout_token=x.y.z',
    })
    // It was read: it is not missing, but not valid.
    expect([answer.status, JSON.parse(answer.text).error_description]).toEqual([
      400,
      'logout_token is not valid',
    ])
  })

  it.each<[string, (res: ServerResponse) => void]>([
    [
      'by writeHead with an object',
      (res) => void res.writeHead(201, { 'set-cookie': ['mine=1'], 'x-mine': 'yes' }).end(),
    ],
    [
      'by writeHead with a reason',
      (res) => void res.writeHead(201, 'Made', { 'set-cookie': 'mine=1', 'x-mine': 'yes' }).end(),
    ],
    [
      'by writeHead with a list',
      (res) => void res.writeHead(201, ['set-cookie', 'mine=1', 'x-mine', 'yes']).end(),
    ],
    [
      'beforehand',
      (res) => {
        res.statusCode = 201
        res.setHeader('set-cookie', 'mine=1')
        res.setHeader('x-mine', 'yes')
        res.setHeader('cache-control', 'public, max-age=600')
        res.end()
      },
    ],
    [
      'piece by piece',
      (res) => {
        res.statusCode = 201
        res.appendHeader('set-cookie', 'mine=1')
        res.setHeader('x-mine', 'yes')
        res.write('begun')
        res.end()
      },
    ],
  ])('adds a renewed session to headers that are set %s', async (_name, answer) => {
    const { jar, send, signIn } = await start((app, middleware) => {
      app.use(middleware)
      app.get('/', (_req, res) => answer(res))
    })
    await signIn()
    const [before] = [...jar.values()]
    vi.useFakeTimers({ now: Date.now() + 600_000, toFake: ['Date'] })
    const { headers, status } = await send('/')
    expect([status, headers.get('x-mine'), headers.get('cache-control')]).toEqual([
      201,
      'yes',
      'private, no-store',
    ])
    expect(headers.getSetCookie()).toEqual(['mine=1', expect.stringMatching(/^authly_\d+=/)])
    expect([...jar.values()]).not.toEqual([before])
  })

  it.each(['//evil.example/private', '/\\evil.example/private', '/private?x=//evil.example'])(
    'leads %s to the sign-in and back into the application',
    async (path) => {
      const { baseUrl, send } = await start((app, middleware) => {
        app.use(middleware, requireSignIn())
      })
      const answer = await send(path, { headers: { accept: 'text/html', host: 'evil.example' } })
      const login = new URL(answer.headers.get('location') ?? '', baseUrl)
      expect([answer.status, login.origin, login.pathname]).toEqual([303, baseUrl, '/auth/login'])
      const returnTo = new URL(login.searchParams.get('returnTo') ?? '', baseUrl)
      expect(returnTo.origin).toBe(baseUrl)
    },
  )

  it('hands a failure on to the application, also in Express 4, which waits for nothing', async () => {
    const store = { ...memoryStore(), get: () => Promise.reject(new Error('the store is down')) }
    const { send, signIn } = await start(
      (app, middleware) => {
        app.use(middleware)
        app.use(tell)
      },
      { store },
    )
    await signIn()
    expect((await send('/')).text).toBe('the store is down')
  })

  it('demands authly() before requireSignIn()', async () => {
    const { send } = await start((app) => {
      app.use(requireSignIn())
      app.use(tell)
    })
    expect((await send('/')).text).toBe('authly() must come before requireSignIn()')
  })
})
