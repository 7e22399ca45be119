/** Publishes a client's request object at a `request_uri` on loopback. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ObjectServer = {
  readonly url: string
  publish(object: string): void
  /** How often it was asked. */
  requests(): number
  close(): Promise<void>
}

export async function serveObject(): Promise<ObjectServer> {
  let requests = 0
  let published = ''
  const server = createServer((_, response) => {
    requests += 1
    response.setHeader('content-type', 'application/oauth-authz-req+jwt')
    response.end(published)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/request.jwt`,
    publish: (object) => {
      published = object
    },
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
