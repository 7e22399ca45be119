/** An application on two origins: its callback redirects on to its home, as many do. Pages it serves by path. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Application {
  readonly redirectUri: string
  /** Where the person ends, on another origin than the callback. */
  readonly home: string
  /** Puts a page of the application, or of an attacker, on its home origin; returns its URL. */
  serve(path: string, html: string): string
  close(): Promise<void>
}

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

export async function startApplication(): Promise<Application> {
  const pages = new Map<string, string>()
  const homeServer = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://home')
    response.setHeader('content-type', 'text/html')
    response.end(pages.get(pathname) ?? '<!doctype html><title>Home</title><h1>Welcome home</h1>')
  })
  const home = `http://127.0.0.1:${await listen(homeServer)}`
  const callbackServer = createServer((request, response) => {
    const { search } = new URL(request.url ?? '/', 'http://callback')
    response.writeHead(302, { location: `${home}/welcome${search}` })
    response.end()
  })
  const callback = `http://127.0.0.1:${await listen(callbackServer)}`
  return {
    redirectUri: `${callback}/cb`,
    home,
    serve(path, html) {
      pages.set(path, html)
      return `${home}${path}`
    },
    async close() {
      for (const server of [homeServer, callbackServer]) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}
