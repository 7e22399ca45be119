/** The same application by each framework, and on each platform. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuthlyServerOptions } from '@authly-server/server'
import { build } from 'esbuild'
import { findFreePort } from '../../../scripts/process/free-port.ts'
import { serveRawWorkerd } from '../../../scripts/raw-workerd.ts'
import { expressApplication } from './express-application.ts'
import { honoApplication } from './hono-application.ts'
import { type Served, serveFetch, serveNode } from './serve.ts'

/** What `authly clients create --preset web` prints. */
export type Printed = {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly sessionSecret: string
}

export type Start = (printed: Printed) => Promise<Served>

/** @param more what only an application in this process can be given */
export const startHono = (printed: Printed, more: Partial<AuthlyServerOptions> = {}): Promise<Served> =>
  serveFetch((baseUrl) => {
    const app = honoApplication({ ...printed, baseUrl, ...more })
    return (request) => app.fetch(request)
  })

export const startExpress: Start = (printed) =>
  serveNode((baseUrl) => expressApplication({ ...printed, baseUrl }))

/** In plain workerd, as on Cloudflare. */
export async function startWorkerOf(entry: string, printed: Printed): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-sdk-worker-'))
  await build({
    entryPoints: [entry],
    outfile: join(folder, 'worker.js'),
    ...{ bundle: true, format: 'esm', platform: 'browser', logLevel: 'error' },
    conditions: ['authly-source', 'workerd', 'worker', 'browser'],
  })
  const port = await findFreePort()
  const origin = `http://127.0.0.1:${port}`
  const workerd = await serveRawWorkerd({
    bundle: {
      ...{ folder, main: 'worker.js', modules: [], durableObjects: [] },
      ...{ compatibilityDate: '2025-06-01', compatibilityFlags: [] },
    },
    vars: environment(printed, origin),
    ...{ objectsFolder: join(folder, 'objects'), port, readyPath: '/' },
    ...(process.env['AUTHLY_TEST_LOG'] === undefined ? {} : { output: 'inherit' as const }),
  })
  const close = async () => {
    await workerd.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { origin, close }
}

export const startWorker: Start = (printed) => startWorkerOf(join(import.meta.dirname, 'worker.ts'), printed)

/** As a deployment sets it. */
export const environment = (printed: Printed, baseUrl: string): Readonly<Record<string, string>> => ({
  AUTHLY_ISSUER: printed.issuer,
  AUTHLY_CLIENT_ID: printed.clientId,
  AUTHLY_CLIENT_SECRET: printed.clientSecret,
  AUTHLY_SESSION_SECRET: printed.sessionSecret,
  AUTHLY_BASE_URL: baseUrl,
})
