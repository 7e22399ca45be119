/**
 * The app's OpenAPI document, read from the routes themselves. The app runs only in workerd, so it is bundled for Node
 * with the platform's modules replaced by empty ones: no handler is called, only descriptions are read.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { browserScripts } from '../stack/browser-script.mjs'
import type { Json, OpenApiDocument } from './openapi/openapi-types.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const hollowPlatform: Plugin = {
  name: 'hollow-platform',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^cloudflare:|\.wasm$/ }, ({ path }) => ({ path, namespace: 'hollow' }))
    onLoad({ filter: /.*/, namespace: 'hollow' }, () => ({
      contents: 'export class DurableObject {}\nexport default {}',
    }))
  },
}

export type ServerMetadata = Record<string, Json>

/** The descriptions of the routes, and every route, documented or not. */
export type LoadedApp = {
  document: OpenApiDocument
  /** The answer of discovery. */
  metadata: ServerMetadata
  routes: readonly { method: string; path: string }[]
}

/** Operations are in the order in which the app mounts them. */
export async function loadApp(): Promise<LoadedApp> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-docs-'))
  const outfile = join(folder, 'app.mjs')
  try {
    await build({
      stdin: {
        contents:
          "import { describedApp } from './scripts/docs/described-app.ts'; export const app = describedApp();" +
          "export { serverMetadata } from './src/oidc/discovery.ts';" +
          "export { reachableClasses } from './src/login/steps/index.ts'",
        resolveDir: root,
      },
      ...{ outfile, bundle: true, format: 'esm', target: 'es2023', external: ['node:*'] },
      ...{
        conditions: ['workerd', 'worker', 'import'],
        logLevel: 'error',
        plugins: [hollowPlatform, browserScripts],
      },
    })
    const { app, serverMetadata, reachableClasses } = (await import(pathToFileURL(outfile).href)) as Bundle
    const document = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Authly', version: '0' } })
    return {
      document,
      metadata: serverMetadata('https://auth.example.com', {
        ...{ acrValues: reachableClasses(), registers: false, requiresPushed: false },
        ...{ mtls: undefined, detailsTypes: [], profile: 'oidc', checksSessions: false },
        unregistered: { registration: false, documents: false },
      }),
      routes: app.routes.map(({ method, path }) => ({ method, path })),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Bundle = {
  app: {
    getOpenAPI31Document(about: object): OpenApiDocument
    routes: { method: string; path: string }[]
  }
  serverMetadata(issuer: string, is: object): ServerMetadata
  reachableClasses(): readonly string[]
}
