/**
 * The redirect URI of a native application (RFC 8252 §7.3): a port of the loopback interface, open for the time of
 * one sign-in, that takes one path and one method.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface LoopbackListener {
  readonly redirectUri: string
  stop(): void
}

const page = (title: string, text: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><body><h1>${title}</h1><p>${text}</p></body></html>`

/**
 * @param accept judges an arriving response: true ends the sign-in. A response that is not ours (another page in the
 *   browser can call this port too) is refused and waited past.
 */
export async function listenOnLoopback(
  accept: (response: URL) => Promise<boolean>,
): Promise<LoopbackListener> {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo
    const host = `127.0.0.1:${port}`
    // Another name for this address: a page that had its own name pointed here (DNS rebinding).
    if (request.headers.host !== host)
      return reply(response, 421, 'Not here', 'This is not the address of authly.')
    const url = new URL(request.url ?? '/', `http://${host}`)
    if (request.method !== 'GET' || url.pathname !== '/callback') {
      return reply(response, 404, 'Nothing here', 'There is nothing to see.')
    }
    accept(url).then(
      (ours) =>
        ours
          ? reply(response, 200, 'Back to the terminal', 'You can close this window.')
          : reply(
              response,
              400,
              'Not expected',
              'This answer does not belong to the sign-in that is going on.',
            ),
      () => reply(response, 400, 'Not signed in', 'The terminal says why. You can close this window.'),
    )
  })
  server.requestTimeout = 10_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    redirectUri: `http://127.0.0.1:${port}/callback`,
    stop() {
      server.close()
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), 500).unref()
    },
  }
}

function reply(response: ServerResponse, status: number, title: string, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    // The address holds the code; nobody shall learn it from a link.
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  })
  response.end(page(title, text))
}
