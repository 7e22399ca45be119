/**
 * The app's OpenAPI document, read from the routes themselves. The app runs in workerd only, so it is bundled for
 * Node with the platform's modules left hollow: nothing is called, the routes only say what they are.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

type Operation = {
  summary?: string
  description?: string
  tags?: string[]
  responses: Record<string, { description: string }>
}
export type Endpoint = Operation & { method: string; path: string }

const hollowPlatform: Plugin = {
  name: 'hollow-platform',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^cloudflare:|\.wasm$/ }, ({ path }) => ({ path, namespace: 'hollow' }))
    onLoad({ filter: /.*/, namespace: 'hollow' }, () => ({
      contents: 'export class DurableObject {}\nexport default {}',
    }))
  },
}

/** Every documented endpoint, in the order the app mounts them. */
export async function loadEndpoints(): Promise<readonly Endpoint[]> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-docs-'))
  const outfile = join(folder, 'app.mjs')
  try {
    await build({
      ...{ entryPoints: [join(root, 'src/app.ts')], outfile, bundle: true, format: 'esm', target: 'es2023' },
      ...{ conditions: ['workerd', 'worker', 'import'], logLevel: 'error', plugins: [hollowPlatform] },
    })
    const { app } = (await import(pathToFileURL(outfile).href)) as { app: OpenApiApp }
    const { paths } = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Authly', version: '0' } })
    return Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        ...operation,
        ...{ path, method: method.toUpperCase() },
      })),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type OpenApiApp = {
  getOpenAPI31Document(about: object): { paths: Record<string, Record<string, Operation>> }
}
