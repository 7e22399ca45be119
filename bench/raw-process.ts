/**
 * Starts workerd for measuring. Unlike `serveRawWorkerd` it sends no request, which would hide a cold start, takes
 * flags of V8, and keeps idle Durable Objects loaded, unless it is told not to: workerd would evict them after ten
 * seconds, while another target is measured, and opening a thousand SQLite files again costs more than what is measured.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type GuardedChild, spawnGuarded } from '../scripts/process/guarded-child.ts'
import { type RawWorkerdOptions, workerdConfig } from '../scripts/raw-workerd.ts'

export type RawProcessOptions = Pick<RawWorkerdOptions, 'bundle' | 'vars' | 'objectsFolder'> & {
  readonly port: number
  /** For profiles. */
  readonly v8Flags?: readonly string[]
  /** False: idle objects are evicted, as when deployed. */
  readonly keepsObjects?: boolean
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })

/** Starts workerd and resolves when it listens: the worker's module is loaded then, no request has been served. */
export async function startRawProcess(options: RawProcessOptions): Promise<GuardedChild> {
  const { bundle, vars, objectsFolder, port, v8Flags = [], keepsObjects = true } = options
  mkdirSync(objectsFolder, { recursive: true })
  const config = join(bundle.folder, 'bench.capnp')
  const text = workerdConfig({ bundle, vars, objectsFolder }, port)
  const measured = text
    .replaceAll('enableSql = true', `enableSql = true, preventEviction = ${keepsObjects}`)
    .replace(
      'Workerd.Config = (',
      `Workerd.Config = (\n  v8Flags = [${v8Flags.map((flag) => `"${flag}"`).join(', ')}],`,
    )
  writeFileSync(config, measured, { mode: 0o600 })
  const wrangler = createRequire(import.meta.url).resolve('wrangler/package.json')
  const workerd = createRequire(wrangler).resolve('workerd/bin/workerd')
  const child = await spawnGuarded(workerd, ['serve', config], {
    cwd: bundle.folder,
    stdio: 'ignore',
  })
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(1)) {
    if (await isListening(port)) return child
  }
  await child.stop('SIGKILL')
  throw new Error(`workerd does not listen on port ${port}`)
}
