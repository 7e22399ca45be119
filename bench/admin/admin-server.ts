/** Authly as administrators see it: the production bundle on raw workerd, and 50 people signed in through the real pages. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawnGuarded } from '../../scripts/process/guarded-child.ts'
import { waitUntilServing } from '../../scripts/process/wait-until.ts'
import type { WorkerBundle } from '../../scripts/stack/worker-bundle.ts'
import { permissionNames } from '../../src/access/permissions.ts'
import { policies } from '../../src/rate-limits/policies.ts'
import type { BenchDatabase } from '../bench-database.ts'
import { startRawProcess } from '../raw-process.ts'
import type { ProcessRoots } from '../target.ts'
import { getTokens } from '../targets/get-tokens.ts'
import type { Observed } from './observed-gateway.ts'
import { adminClient, adminNameOf, adminSize, newRootSecret } from './seed-admin.ts'

export interface AdminServer {
  readonly port: number
  /** Access tokens of as many people, with every admin scope. */
  readonly tokens: readonly string[]
  readonly roots: ProcessRoots
  /** Forgets what the database was asked so far. */
  observe(keepStatements: boolean): Promise<void>
  observed(): Promise<Observed>
  /** The JSON answer of a GET as the first administrator. */
  get(path: string): Promise<unknown>
  stop(): Promise<void>
}

export interface AdminServerOptions {
  readonly bundle: WorkerBundle
  readonly folder: string
  readonly database: BenchDatabase
  readonly port: number
  readonly gatewayPort: number
  readonly controlPort: number
}

const scope = ['openid', ...permissionNames].join(' ')

export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const { bundle, folder, database, port, gatewayPort, controlPort } = options
  const base = `http://127.0.0.1:${port}`
  const issuer = `http://localhost:${port}`
  rmSync(folder, { recursive: true, force: true })
  const gateway = await spawnGuarded(
    process.execPath,
    [fileURLToPath(new URL('./observed-gateway.ts', import.meta.url))],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...{ PATH: process.env['PATH'], DATABASE_URL: database.url },
        ...{ PORT: String(gatewayPort), CONTROL_PORT: String(controlPort) },
      },
    },
  )
  const wideLimits = Object.keys(policies).map((name) => [name, { capacity: 1_000_000_000, per_seconds: 1 }])
  const worker = await startRawProcess({
    ...{ bundle, objectsFolder: join(folder, 'objects'), port },
    vars: {
      ...{ DATABASE_URL: database.workerUrl, DATABASE_GATEWAY_URL: `http://127.0.0.1:${gatewayPort}` },
      ...{ AUTHLY_ISSUER: issuer, AUTHLY_ROOT_SECRET: newRootSecret() },
      // As deployed.
      AUTHLY_CLIENT_ADDRESS: 'cloudflare',
      // No limit bites, and no token ends before the last run.
      AUTHLY_RATE_LIMITS: JSON.stringify(Object.fromEntries(wideLimits)),
      AUTHLY_ACCESS_TOKEN_TTL_SECONDS: '14400',
    },
  })
  const stop = async () => {
    await worker.stop()
    await gateway.stop()
  }
  try {
    await waitUntilServing(`${base}/.well-known/jwks.json`, worker.exited)
    const names = Array.from({ length: adminSize.admins }, (_, index) => adminNameOf(index))
    const tokens: string[] = []
    for (const name of names) tokens.push(await getAdminToken(base, issuer, name))
    const control = `http://127.0.0.1:${controlPort}/`
    return {
      ...{ port, tokens, stop },
      roots: {
        server: [worker.process.pid ?? 0],
        database: [database.postmasterPid],
        gateway: [gateway.process.pid ?? 0],
      },
      observe: async (keepStatements) => {
        await fetch(`${control}start${keepStatements ? '?statements=1' : ''}`, { method: 'POST' })
      },
      observed: async () => (await (await fetch(control)).json()) as Observed,
      get: async (path) => {
        const response = await fetch(base + path, { headers: { authorization: `Bearer ${tokens[0]}` } })
        if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`)
        return response.json()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** @throws unless the person is an administrator */
async function getAdminToken(base: string, issuer: string, name: string): Promise<string> {
  const { access_token, scope: granted } = await getTokens({
    base,
    issuer,
    clientId: adminClient,
    scope,
    name,
  })
  if (!granted.split(' ').includes('admin:users:read')) throw new Error(`${name}: only ${granted} is granted`)
  return access_token
}
