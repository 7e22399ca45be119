/** A single-page application on loopback that consists of `oidc-client-ts` and nothing else. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'

export type SpaServer = { readonly origin: string; close(): Promise<void> }

const page = (script: string) =>
  `<!doctype html><meta charset="utf-8"><title>SPA</title><script src="/oidc-client-ts.js"></script><script>${script}</script>`

/** Serves the same page at every path; `/silent` answers the hidden frame of a silent sign-in. */
export async function serveSpa(): Promise<SpaServer> {
  const main = createRequire(import.meta.url).resolve('oidc-client-ts')
  const library = await readFile(join(dirname(main), '../browser/oidc-client-ts.min.js'))
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://spa')
    if (pathname === '/oidc-client-ts.js') {
      response.setHeader('content-type', 'text/javascript')
      response.end(library)
      return
    }
    response.setHeader('content-type', 'text/html')
    response.end(page(pathname === '/silent' ? 'new oidc.UserManager({}).signinSilentCallback()' : ''))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
