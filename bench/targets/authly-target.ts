/** Authly itself: the production bundle on raw workerd, with durable Postgres behind the Neon gateway. */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type GuardedChild, spawnGuarded } from '../../scripts/process/guarded-child.ts'
import { waitUntilServing } from '../../scripts/process/wait-until.ts'
import type { WorkerBundle } from '../../scripts/stack/worker-bundle.ts'
import { policies } from '../../src/rate-limits/policies.ts'
import type { BenchDatabase } from '../bench-database.ts'
import type { LoadGenerator } from '../load/generate-load.ts'
import { type RawProcessOptions, startRawProcess } from '../raw-process.ts'
import type { Target } from '../target.ts'
import { watchAuditDelivery } from './audit-delivery.ts'
import { authlySignIns } from './authly-sign-ins.ts'
import { codeFlowTarget } from './code-flow-target.ts'
import { signInThroughForm } from './hosted-login.ts'
import { authorizeQuery, userCount } from './requests.ts'
import {
  apiScope,
  authlyPassword,
  authlyRedirectUri,
  authlySecret,
  seedAuthly,
  usernameOf,
} from './seed-authly.ts'

export interface AuthlyOptions {
  readonly bundle: WorkerBundle
  readonly folder: string
  readonly port: number
  readonly gatewayPort: number
  readonly database: BenchDatabase
  readonly load: LoadGenerator
}

export interface AuthlyTarget extends Target {
  /** How the worker is started, for starting it cold. */
  readonly rawOptions: RawProcessOptions
  /** Stops the worker only; database and gateway stay. */
  stopWorker(): Promise<void>
}

/** No limit bites: what is measured is the work, not the refusal. Permits are still counted and leased. */
const wideRateLimits = JSON.stringify(
  Object.fromEntries(
    Object.keys(policies).map((name) => [name, { capacity: 1_000_000_000, per_seconds: 1 }]),
  ),
)

const webScope = `openid offline_access ${apiScope}`

export function authlyTarget(options: AuthlyOptions): AuthlyTarget {
  const { bundle, folder, port, gatewayPort, database, load } = options
  const base = `http://127.0.0.1:${port}`
  const issuer = `http://localhost:${port}`
  const rootSecret = randomBytes(32).toString('base64url')
  const signIns = authlySignIns({ database, port, issuer, rootSecret })
  const vars = {
    ...{ DATABASE_URL: database.workerUrl, DATABASE_GATEWAY_URL: `http://127.0.0.1:${gatewayPort}` },
    ...{ AUTHLY_ISSUER: issuer, AUTHLY_ROOT_SECRET: rootSecret },
    // As deployed.
    AUTHLY_CLIENT_ADDRESS: 'cloudflare',
    // Codes are prepared by the thousand before they are redeemed.
    ...{ AUTHLY_RATE_LIMITS: wideRateLimits, AUTHLY_AUTHORIZATION_CODE_TTL_SECONDS: '600' },
  }
  const rawOptions = {
    bundle,
    vars,
    objectsFolder: join(folder, 'objects'),
    port,
    output: 'inherit',
  } as const
  const delivery = watchAuditDelivery(database.url)
  let gateway: GuardedChild | undefined
  let worker: GuardedChild | undefined
  const stopWorker = async (): Promise<void> => {
    await worker?.stop()
    worker = undefined
  }

  const target = codeFlowTarget({
    ...{ name: 'authly', port, issuer, load },
    untilDelivered: (operation, sinceMs, requests) => delivery.untilDelivered(operation, sinceMs, requests),
    paths: {
      ...{ token: '/oauth/token', par: '/oauth/par', authorize: '/oauth/authorize' },
      introspect: '/oauth/introspect',
      ...{ discovery: '/.well-known/openid-configuration', jwks: '/.well-known/jwks.json' },
    },
    clients: {
      ...{ machine: 'machine', machineJwt: 'machine-jwt', introspected: 'web' },
      ...{ web: 'web', webEs256: 'web-es256', fapi: 'fapi' },
      ...{ secret: authlySecret, redirectUri: authlyRedirectUri, machineScope: apiScope, webScope },
    },
    start: async () => {
      rmSync(folder, { recursive: true, force: true })
      await seedAuthly(database)
      await signIns.seed()
      const server = fileURLToPath(new URL('../gateway-server.ts', import.meta.url))
      gateway = await spawnGuarded(process.execPath, [server], {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { PATH: process.env['PATH'], DATABASE_URL: database.url, PORT: String(gatewayPort) },
      })
      worker = await startRawProcess(rawOptions)
      await waitUntilServing(`${base}/.well-known/jwks.json`, worker.exited)
    },
    signIn: async () => {
      const path = `/oauth/authorize?${authorizeQuery('web', authlyRedirectUri, webScope)}`
      const cookies: string[] = []
      const signIn = async (worker: number): Promise<void> => {
        for (let index = worker; index < userCount; index += 4) {
          cookies[index] = await signInThroughForm(base, issuer, path, usernameOf(index), authlyPassword)
        }
      }
      await Promise.all([0, 1, 2, 3].map(signIn))
      return cookies
    },
    signInPlans: signIns.plans,
    roots: () => ({
      server: worker?.process.pid ? [worker.process.pid] : [],
      database: [database.postmasterPid],
      gateway: gateway?.process.pid ? [gateway.process.pid] : [],
    }),
    stop: async () => {
      await delivery.close()
      await stopWorker()
      await gateway?.stop()
    },
  })

  return { ...target, rawOptions, stopWorker }
}
