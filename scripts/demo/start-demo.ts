/** The demo application (`sdk/demo`) and its API, as `npm start` and the browser tests run them. */
import { join } from 'node:path'
import { build } from 'esbuild'
import type { createDemoApi, DemoApiOptions } from '../../sdk/demo/api/demo-api.ts'
import { bundleDemo } from './bundle-demo.ts'
import { type ServedDemo, serveDemo } from './serve-demo.ts'

export interface DemoOptions extends DemoApiOptions {
  readonly clientId: string
  /** 0: any, but then nobody can come back from a sign-in: redirect URIs are registered. */
  readonly port: number
}

export async function startDemo({ clientId, port, ...options }: DemoOptions): Promise<ServedDemo> {
  const { issuer, audience } = options
  const [files, makeApi] = await Promise.all([
    bundleDemo({
      VITE_AUTHLY_ISSUER: issuer,
      VITE_AUTHLY_CLIENT_ID: clientId,
      VITE_AUTHLY_AUDIENCE: audience,
    }),
    loadApi(),
  ])
  const api = makeApi(options)
  return serveDemo(port, { issuer, files, api: (request) => api.fetch(request) })
}

/** From the sources of the SDK: its packages need not be built for this. */
async function loadApi(): Promise<typeof createDemoApi> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '..', '..', 'sdk', 'demo', 'api', 'demo-api.ts')],
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', write: false, logLevel: 'silent' },
    conditions: ['authly-source'],
  })
  const source = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
  const module = (await import(`data:text/javascript;base64,${source}`)) as {
    createDemoApi: typeof createDemoApi
  }
  return module.createDemoApi
}
