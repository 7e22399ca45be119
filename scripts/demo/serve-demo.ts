/**
 * Serves the demo application and its API on loopback. Attack: a page of another site whose name resolves to 127.0.0.1
 * (DNS rebinding), so only requests to `localhost` are answered; and pages of other origins, which the API refuses.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import type { DemoFiles } from './bundle-demo.ts'

export interface ServedDemo {
  readonly origin: string
  stop(): Promise<void>
}

export interface DemoParts {
  readonly issuer: string
  readonly files: DemoFiles
  /** Answers `/api/…` and the metadata of the API. */
  readonly api: (request: Request) => Response | Promise<Response>
}

/** @param port 0: any. Throws when it is taken. */
export async function serveDemo(port: number, parts: DemoParts): Promise<ServedDemo> {
  let origin = ''
  const handler = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, origin, parts).catch(() => response.writeHead(500).end())
  }
  const first = await listen(handler, port, '127.0.0.1')
  const taken = portOf(first)
  origin = `http://localhost:${taken}`
  // Attack: `localhost` may mean either address, and a program on the other one would be taken for the demo.
  const second = await listen(handler, taken, '::1').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') return undefined
    await close(first)
    throw error
  })
  return {
    origin,
    stop: async () => {
      await Promise.all([close(first), second && close(second)])
    },
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  origin: string,
  { api, files, issuer }: DemoParts,
): Promise<void> {
  for (const [name, value] of Object.entries(headersFor(issuer))) response.setHeader(name, value)
  const { host } = new URL(origin)
  const { port } = new URL(origin)
  const path = pathOf(request)
  if (request.headers.host !== host) {
    const isOther = [`127.0.0.1:${port}`, `[::1]:${port}`].includes(request.headers.host ?? '')
    // Sessions and redirect URIs belong to one origin.
    if (isOther && request.method === 'GET' && path !== undefined)
      response.writeHead(308, { location: `${origin}${path}` }).end()
    else response.writeHead(421).end('Misdirected request')
    return
  }
  if (path === undefined) {
    response.writeHead(400).end()
    return
  }
  if (path.startsWith('/api/') || path.startsWith('/.well-known/')) {
    const from = request.headers.origin
    if (from !== undefined && from !== origin) response.writeHead(403).end('Another origin')
    else await pass(await api(toRequest(request, origin, path)), response)
    return
  }
  const file = fileAt(path.split('?')[0] ?? '', files)
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (!file || !isRead) {
    response.writeHead(file ? 405 : 404, { 'content-type': 'text/plain' }).end('Not found')
    return
  }
  response.writeHead(200, { 'content-type': `${file.type}; charset=utf-8` })
  response.end(request.method === 'HEAD' ? undefined : file.body)
}

/** A path of ours. Attack: `//evil.example` and `/\\evil.example` are other hosts, to whoever redirects to them. */
function pathOf({ url = '' }: IncomingMessage): string | undefined {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(url) ? url : undefined
}

function fileAt(path: string, { page, script, style }: DemoFiles) {
  if (path === '/' || path === '/callback') return { type: 'text/html', body: page }
  if (path === '/app.js') return { type: 'text/javascript', body: script }
  if (path === '/style.css') return { type: 'text/css', body: style }
  return undefined
}

const headersFor = (issuer: string) => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src data:',
    `connect-src 'self' ${issuer}`,
    // Signing out posts to the server, which redirects back here.
    `form-action 'self' ${issuer}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
})

function toRequest(request: IncomingMessage, origin: string, path: string): Request {
  const { method = 'GET' } = request
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value)
  }
  if (method === 'GET' || method === 'HEAD') return new Request(`${origin}${path}`, { method, headers })
  const body = Readable.toWeb(request) as NodeStream<Uint8Array>
  return new Request(`${origin}${path}`, { method, headers, body, duplex: 'half' } as RequestInit)
}

async function pass(from: Response, to: ServerResponse): Promise<void> {
  to.writeHead(from.status, Object.fromEntries(from.headers))
  to.end(Buffer.from(await from.arrayBuffer()))
}

const listen = (
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  port: number,
  host: string,
): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(handler)
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => resolve(server))
  })

const portOf = (server: Server): number => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was assigned')
  return address.port
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
