/**
 * Serves the production bundle in plain `workerd serve`: no dev proxy, no inspector. Benchmarks measure it, and tests
 * use it for what a dev server cannot show: a cold process, the load of many isolates, a kill. Cron triggers do not
 * fire here.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { findFreePort } from './process/free-port.ts'
import { type GuardedChild, spawnGuarded } from './process/guarded-child.ts'
import { waitUntilServing } from './process/wait-until.ts'
import type { WorkerBundle } from './stack/worker-bundle.ts'

export type RawWorkerd = {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly exited: Promise<number | null>
  /** `SIGKILL` is a crash: Durable Objects must have lost nothing. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export type RawWorkerdOptions = {
  bundle: WorkerBundle
  /** Text bindings, by name. */
  vars: Readonly<Record<string, string>>
  /** Where Durable Objects keep their SQLite files; reusing the folder keeps the objects. */
  objectsFolder: string
  port?: number
  /** Certificates (PEM) that connections to others trust, besides those that browsers do. */
  trustedCertificates?: readonly string[] | undefined
  /** Where workerd's own output goes; default: discarded. */
  output?: 'inherit' | 'ignore'
  /** Path that must answer 2xx before this returns; null: only wait for the port. */
  readyPath?: string
}

/** Starts workerd and waits until it serves. */
export async function serveRawWorkerd(options: RawWorkerdOptions): Promise<RawWorkerd> {
  const port = options.port ?? (await findFreePort())
  await mkdir(options.objectsFolder, { recursive: true })
  const configFile = join(options.bundle.folder, `workerd-${port}.capnp`)
  // It contains secrets.
  await writeFile(configFile, workerdConfig(options, port), {
    mode: 0o600,
  })
  const workerd = createRequire(createRequire(import.meta.url).resolve('wrangler/package.json')).resolve(
    'workerd/bin/workerd',
  )
  const output = options.output ?? 'ignore'
  const child: GuardedChild = await spawnGuarded(workerd, ['serve', configFile], {
    cwd: options.bundle.folder,
    stdio: ['ignore', output, output],
  })
  const url = `http://127.0.0.1:${port}`
  try {
    await waitUntilServing(`${url}${options.readyPath ?? '/.well-known/openid-configuration'}`, child.exited)
  } catch (error) {
    await child.stop('SIGKILL')
    throw error
  }
  return {
    url,
    port,
    pid: child.process.pid as number,
    exited: child.exited,
    stop: (signal = 'SIGTERM') => child.stop(signal),
  }
}

/** The capnp configuration for one worker with its Durable Objects on local disk. */
export function workerdConfig(
  {
    bundle,
    vars,
    objectsFolder,
    trustedCertificates = [],
  }: Pick<RawWorkerdOptions, 'bundle' | 'vars' | 'objectsFolder' | 'trustedCertificates'>,
  port: number,
): string {
  // The first module is the main one.
  const modules = [bundle.main, ...bundle.modules].map(
    (name) => `(name = ${text(name)}, ${name.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed ${text(name)})`,
  )
  const bindings = [
    ...Object.entries(vars).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
    ...bundle.durableObjects.map(
      ({ binding, className }) => `(name = ${text(binding)}, durableObjectNamespace = ${text(className)})`,
    ),
  ]
  const namespaces = bundle.durableObjects.map(
    ({ className }) =>
      `(className = ${text(className)}, uniqueKey = ${text(`authly-${className}`)}, enableSql = true)`,
  )
  const list = (items: string[]) => `[\n    ${items.join(',\n    ')}\n  ]`
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "authly", worker = .authlyWorker),
    (name = "objects", disk = (path = ${text(objectsFolder)}, writable = true)),
    # The database gateway and test servers are on loopback.
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true, trustedCertificates = [${trustedCertificates.map(text).join(', ')}]))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "authly")],
);

const authlyWorker :Workerd.Worker = (
  modules = ${list(modules)},
  compatibilityDate = ${text(bundle.compatibilityDate)},
  compatibilityFlags = [${bundle.compatibilityFlags.map(text).join(', ')}],
  bindings = ${list(bindings)},
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (localDisk = "objects"),
);
`
}

/** A capnp string literal: JSON's escapes are a subset of C's, except for characters outside ASCII. */
function text(value: string): string {
  return JSON.stringify(value).replace(/\\u([0-9a-f]{4})/g, (_, hex: string) =>
    [...Buffer.from(String.fromCharCode(Number.parseInt(hex, 16)))]
      .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
      .join(''),
  )
}
