/** A temporary Redis for tests: its own port and folder, nothing written to disk. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { findFreePort } from '../process/free-port.ts'
import { spawnGuarded } from '../process/guarded-child.ts'
import { OperatorError } from '../process/operator-error.ts'
import { connectRedis } from './redis-connection.ts'

export type RedisServer = { readonly port: number; stop(): Promise<void> }

/** Path of the redis-server binary, if one is installed. */
export function findRedisServer(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  return folders.map((folder) => join(folder, 'redis-server')).find(isExecutable)
}

/** Starts it and waits until it answers. @throws OperatorError when there is no redis-server */
export async function startRedisServer(): Promise<RedisServer> {
  const binary = findRedisServer()
  if (!binary) {
    throw new OperatorError('There is no redis-server.', 'Install it (Debian: apt-get install redis-server).')
  }
  const port = await findFreePort()
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no']
  const child = await spawnGuarded(binary, [...settings, '--dir', '/tmp'], { stdio: 'ignore' })
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      const connection = await connectRedis(port)
      const [reply] = await connection.send([['PING']])
      connection.close()
      if (reply === 'PONG') return { port, stop: () => child.stop() }
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await child.stop()
  throw new Error('redis-server did not answer in 5 s')
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
