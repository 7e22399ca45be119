/**
 * A small server of a start script, on loopback alone.
 *
 * Attack: a web page that the developer visits asks it for something. Requests by another name of this host (DNS
 * rebinding) and from other origins are refused here; whatever is worth anything asks for a password besides.
 */
import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type LoopbackServer = {
  /** With a slash at its end. */
  readonly url: string
  stop(): Promise<void>
}

export const loopbackHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

const maxBodyBytes = 1024 * 1024

export const isSameSecret = (given: string, wanted: string): boolean => {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Undefined if it is longer than a megabyte. */
export async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > maxBodyBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

export const refuse = (response: ServerResponse, status: number) =>
  response.writeHead(status, loopbackHeaders).end()

export const sendJson = (response: ServerResponse, status: number, body: object) =>
  response
    .writeHead(status, { ...loopbackHeaders, 'content-type': 'application/json' })
    .end(JSON.stringify(body))

/**
 * @param handle gets the path without its query
 * @param port 0 for any
 */
export async function startLoopbackServer(
  handle: (request: IncomingMessage, response: ServerResponse, path: string) => unknown,
  port = 0,
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    const { host, origin } = request.headers
    const self = `127.0.0.1:${(server.address() as AddressInfo).port}`
    if (host !== self) return refuse(response, 421)
    if (origin !== undefined && origin !== `http://${self}`) return refuse(response, 403)
    return handle(request, response, (request.url ?? '').split('?')[0] ?? '')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
