/**
 * A whole Authly on free ports: temporary database, gateway, and the production bundle in raw workerd. For black-box
 * tests and benchmarks; Postgres and the worker process can be stopped and started separately.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoredSettings } from '../../src/settings/settings.ts'
import { bootstrapDatabase } from '../bootstrap/bootstrap-database.ts'
import { demoClients } from '../bootstrap/demo-clients.ts'
import { type RunningDatabase, startDatabase } from '../database/start-database.ts'
import { storeSettings } from '../database/store-settings.ts'
import { findFreePort } from '../process/free-port.ts'
import { type RawWorkerd, serveRawWorkerd } from '../raw-workerd.ts'
import { startBuild, untilBuilt } from './build-files.ts'
import type { DevFacts } from './dev-facts.ts'
import { bundleWorker, projectRoot, type WorkerBundle } from './worker-bundle.ts'
import { startWranglerDev, untilServing } from './wrangler-dev.ts'

export type StackOptions = {
  /** Port of the worker; default any free one. */
  port?: number
  /** Issuer; default `http://localhost:<port>`. */
  issuer?: string
  /** Additional text bindings, e.g. `AUTHLY_RATE_LIMITS`; they override the stack's own. */
  vars?: Readonly<Record<string, string>>
  /** Stored settings by name; they override the stack's own. */
  settings?: StoredSettings | undefined
  /** Under `wrangler dev` instead of raw workerd: slower, but with the static assets. */
  withAssets?: boolean
  /** A bundle built before, to save time (`bundleWorker`). */
  bundle?: WorkerBundle
  /** Puts something between the worker and the gateway, such as a delay: takes the URL of the one, returns its own. */
  inFrontOfGateway?: (gatewayUrl: string) => Promise<string>
  /** Certificates (PEM) of test servers, which the worker trusts. */
  trustedCertificates?: readonly string[]
  /** `inherit` shows the log of the worker. */
  output?: 'inherit' | 'ignore'
}

export type RunningStack = DevFacts & {
  readonly port: number
  readonly database: RunningDatabase
  /** Where raw workerd keeps the Durable Objects, one SQLite file each. */
  readonly objectsFolder: string
  /** Process ids, for CPU accounting; the gateway runs in this process. */
  workerPid(): number
  /** Simulates an outage of Postgres, and ends it: same data, same port. The gateway keeps answering (503). */
  stopPostgres(mode?: 'fast' | 'immediate'): Promise<void>
  startPostgres(): Promise<void>
  /**
   * A cold worker process with the same Durable Objects; `SIGKILL` crashes the old one.
   * @param changed text bindings that are different from now on
   */
  restartWorker(signal?: 'SIGTERM' | 'SIGKILL', changed?: Readonly<Record<string, string>>): Promise<void>
  stop(): Promise<void>
}

/** Sign-ins lead straight to the application. */
const ownSettings: StoredSettings = { 'sign_in.promote_passkeys': false }

/** Starts everything and waits until the worker serves. `stop()` removes all traces. */
export async function startStack(options: StackOptions = {}): Promise<RunningStack> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-stack-'))
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const bundling = options.withAssets ? undefined : bundleFor(folder, options.bundle)
    const build = options.withAssets ? await startBuild(projectRoot) : undefined
    undo.push(async () => build?.stop())
    bundling?.catch(() => undefined) // Awaited below; Postgres starts meanwhile.
    const database = await startDatabase({ ephemeral: true })
    undo.push(() => database.stop())
    const bundle = await bundling
    if (build) await untilBuilt(build)
    const port = options.port ?? (await findFreePort())
    const issuer = options.issuer ?? `http://localhost:${port}`
    const seeded = await bootstrapDatabase(database.ownerUrl, {
      issuer,
      demo: { onlyWhenEmpty: false, knownSecrets: new Set() },
    })
    await storeSettings(database.ownerUrl, { ...ownSettings, ...options.settings })
    const gatewayUrl = database.gatewayUrl as string
    const vars = {
      DATABASE_URL: database.databaseUrl,
      DATABASE_GATEWAY_URL: (await options.inFrontOfGateway?.(gatewayUrl)) ?? gatewayUrl,
      AUTHLY_ISSUER: issuer,
      AUTHLY_ROOT_SECRET: randomBytes(32).toString('base64url'),
      // Raw workerd has no proxy in front of it; the worker of `wrangler dev` has wrangler.
      ...(bundle === undefined ? {} : { AUTHLY_CLIENT_ADDRESS: 'connection' }),
      ...options.vars,
    }
    const objectsFolder = join(folder, 'objects')
    const serve = (): Promise<Served> =>
      bundle === undefined
        ? serveWithAssets(folder, port, issuer, vars)
        : serveRawWorkerd({
            ...{ bundle, vars, port, objectsFolder, trustedCertificates: options.trustedCertificates },
            output: options.output ?? 'ignore',
            // Reads nothing: what a test stores next is what the first request finds.
            readyPath: '/health/live',
          })
    let worker = await serve()
    undo.push(() => worker.stop())
    return {
      port,
      database,
      objectsFolder,
      issuer,
      admin: seeded.admin as DevFacts['admin'],
      clients: Object.fromEntries(
        demoClients.map((demo) => [
          demo.client_id,
          {
            client_id: demo.client_id,
            client_secret: seeded.newClientSecrets[demo.client_id],
            redirect_uris: demo.redirect_uris,
          },
        ]),
      ),
      database_url: database.databaseUrl,
      database_owner_url: database.ownerUrl,
      database_gateway_url: database.gatewayUrl,
      workerPid: () => worker.pid,
      stopPostgres: database.stopPostgres,
      startPostgres: database.startPostgres,
      restartWorker: async (signal = 'SIGTERM', changed = {}) => {
        await worker.stop(signal)
        Object.assign(vars, changed)
        worker = await serve()
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

type Served = Pick<RawWorkerd, 'pid' | 'stop'>

const bundleFor = (folder: string, made: WorkerBundle | undefined): Promise<WorkerBundle> =>
  made === undefined ? bundleWorker(folder) : Promise.resolve(made)

async function serveWithAssets(
  folder: string,
  port: number,
  issuer: string,
  vars: Readonly<Record<string, string>>,
): Promise<Served> {
  const envFile = join(folder, 'vars.env')
  const lines = Object.entries(vars).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  await writeFile(envFile, `${lines.join('\n')}\n`, { mode: 0o600 })
  const worker = await startWranglerDev(projectRoot, port, { envFile, persistTo: join(folder, 'state') })
  try {
    await untilServing(worker, issuer)
    worker.hideOutput()
  } catch (error) {
    await worker.stop('SIGKILL')
    throw error
  }
  return { pid: worker.process.pid as number, stop: (signal = 'SIGTERM') => worker.stop(signal) }
}
