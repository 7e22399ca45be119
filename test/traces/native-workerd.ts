/**
 * An Authly in raw workerd whose spans the runtime records, as on the platform; a streaming tail worker, which is what
 * the platform's export hangs on, hands them to the test.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { bootstrapDatabase } from '../../scripts/bootstrap/bootstrap-database.ts'
import { startDatabase } from '../../scripts/database/start-database.ts'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { spawnGuarded } from '../../scripts/process/guarded-child.ts'
import { waitUntilServing } from '../../scripts/process/wait-until.ts'
import { workerdConfig } from '../../scripts/raw-workerd.ts'
import type { WorkerBundle } from '../../scripts/stack/worker-bundle.ts'

/** One event of a streaming tail worker. */
export interface TailEvent {
  readonly spanContext: { readonly traceId: string; readonly spanId?: string }
  readonly event: {
    readonly type: string
    readonly name?: string
    readonly spanId?: string
    readonly info?: unknown
  }
}

export interface NativeAuthly {
  readonly issuer: string
  /** `client_id:client_secret` of a client that may use client_credentials. */
  readonly credentials: string
  readonly events: readonly TailEvent[]
  stop(): Promise<void>
}

/** Some attributes of the runtime are 64-bit integers, which JSON does not know. */
const tail = `const show = (event) =>
  console.log(JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? String(value) : value)))
export default {
  tailStream(onset) {
    show(onset)
    return show
  },
}
`

export async function startNativeAuthly(bundle: WorkerBundle): Promise<NativeAuthly> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-native-'))
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const database = await startDatabase({ ephemeral: true })
    undo.push(() => database.stop())
    const port = await findFreePort()
    const issuer = `http://127.0.0.1:${port}`
    const demo = { onlyWhenEmpty: false, knownSecrets: new Set<string>() }
    const { newClientSecrets } = await bootstrapDatabase(database.ownerUrl, { issuer, demo })
    const vars = {
      ...{ DATABASE_URL: database.databaseUrl, DATABASE_GATEWAY_URL: database.gatewayUrl as string },
      ...{ AUTHLY_ISSUER: issuer, AUTHLY_ROOT_SECRET: randomBytes(32).toString('base64url') },
      ...{ AUTHLY_CLIENT_ADDRESS: 'connection', AUTHLY_TRACE_RATIO: '1' },
    }
    const config = await writeConfig(bundle, vars, folder, port)
    const events: TailEvent[] = []
    const child = await spawnGuarded(findWorkerd(), ['serve', '--experimental', config], {
      cwd: bundle.folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    undo.push(() => child.stop('SIGKILL'))
    createInterface({ input: child.process.stdout as Readable }).on('line', (line) => {
      if (line.startsWith('{"spanContext"')) events.push(JSON.parse(line))
    })
    await waitUntilServing(`${issuer}/.well-known/jwks.json`, child.exited)
    return { issuer, credentials: `demo-service:${newClientSecrets['demo-service']}`, events, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const findWorkerd = (): string =>
  createRequire(createRequire(import.meta.url).resolve('wrangler/package.json')).resolve(
    'workerd/bin/workerd',
  )

/** The configuration of every raw workerd, with the tail worker beside it. @returns its path */
async function writeConfig(
  bundle: WorkerBundle,
  vars: Readonly<Record<string, string>>,
  folder: string,
  port: number,
): Promise<string> {
  const objects = join(folder, 'objects')
  await mkdir(objects)
  const config = workerdConfig({ bundle, vars, objectsFolder: objects }, port)
    .replace('services = [', 'services = [ (name = "tail", worker = .tailWorker),')
    .replace('durableObjectStorage =', 'streamingTails = ["tail"], durableObjectStorage =')
  const worker = `const tailWorker :Workerd.Worker = (
  modules = [(name = "tail.js", esModule = ${JSON.stringify(tail)})],
  compatibilityDate = "2026-11-01",
  compatibilityFlags = ["streaming_tail_worker", "tail_worker_user_spans", "experimental"],
);
`
  // Modules are embedded by their path from here.
  const path = join(bundle.folder, `native-${port}.capnp`)
  await writeFile(path, config + worker, { mode: 0o600 })
  return path
}
