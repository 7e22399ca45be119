/** An application on loopback, in this process. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'

export type Served = { readonly origin: string; close(): Promise<unknown> }

/** A free port is known before the application is, because the application is told its address. */
export async function serveNode(make: (origin: string) => RequestListener): Promise<Served> {
  let listener: RequestListener | undefined
  const server: Server = createServer((request, response) => listener?.(request, response))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  listener = make(origin)
  return {
    origin,
    close: () =>
      new Promise((closed) => {
        server.close(closed)
        server.closeAllConnections()
      }),
  }
}

/** The same for what answers a Request of the Web. */
export const serveFetch = (
  make: (origin: string) => (request: Request) => Response | Promise<Response>,
): Promise<Served> =>
  serveNode((origin) => {
    const answer = make(origin)
    return async (incoming, outgoing) => {
      const headers = new Headers()
      for (let index = 0; index < incoming.rawHeaders.length; index += 2)
        headers.append(incoming.rawHeaders[index] as string, incoming.rawHeaders[index + 1] as string)
      const method = incoming.method ?? 'GET'
      const url = new URL(incoming.url ?? '/', `http://${headers.get('host')}`)
      const init: RequestInit & { duplex: 'half' } = { method, headers, duplex: 'half' }
      if (!['GET', 'HEAD'].includes(method)) init.body = Readable.toWeb(incoming) as ReadableStream
      const response = await answer(new Request(url, init))
      outgoing.statusCode = response.status
      response.headers.forEach((value, name) => {
        if (name !== 'set-cookie') outgoing.setHeader(name, value)
      })
      outgoing.setHeader('set-cookie', response.headers.getSetCookie())
      outgoing.end(Buffer.from(await response.arrayBuffer()))
    }
  })
