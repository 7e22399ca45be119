/** A single-page application that consists of the browser package of the SDK: its sources, bundled. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type * as AuthlyBrowser from '../../../sdk/js/browser/src/index.ts'

/** What the pages have. */
export interface PageGlobals {
  readonly sdk: typeof AuthlyBrowser
  readonly authly: AuthlyBrowser.Authly
}

export interface BrowserApplication {
  readonly origin: string
  /** Says how the pages call `createAuthly`, from now on. */
  configure(options: AuthlyBrowser.AuthlyOptions): void
  /** Keeps answers of the server to itself, as somebody does who wants to use them later. */
  holdsAnswers: boolean
  /** Headers of the pages. */
  readonly headers: Record<string, string>
  close(): Promise<void>
}

export async function startBrowserApplication(): Promise<BrowserApplication> {
  const { outputFiles } = await build({
    entryPoints: [new URL('../../../sdk/js/browser/src/index.ts', import.meta.url).pathname],
    ...{ bundle: true, format: 'iife', globalName: 'sdk', write: false },
    conditions: ['authly-source'],
  })
  const script = outputFiles[0]?.text ?? ''
  let options = '{}'
  const headers: Record<string, string> = {}
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://application')
    if (pathname === '/sdk.js') {
      response.setHeader('content-type', 'text/javascript')
      response.end(script)
      return
    }
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    response.setHeader('content-type', 'text/html')
    if (application.holdsAnswers && pathname === '/callback') {
      response.end('<!doctype html><title>Held</title>')
      return
    }
    response.end(`<!doctype html><meta charset="utf-8"><title>Application</title>
      <link rel="icon" href="data:,"><output></output><script src="/sdk.js"></script>
      <script>
        const authly = sdk.createAuthly(${options})
        const show = () => { document.querySelector('output').textContent = authly.state.status }
        authly.subscribe(show)
        if (!location.search.includes('idle')) authly.start().then(show)
      </script>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const application: BrowserApplication = {
    holdsAnswers: false,
    origin: `http://127.0.0.1:${port}`,
    headers,
    configure(next) {
      options = JSON.stringify(next)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return application
}
