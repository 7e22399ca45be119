/** Worker tests run against a real Postgres: one temporary database per test run, behind the Neon gateway. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

interface Started {
  readonly databaseUrl: string
  readonly ownerUrl: string
  readonly gatewayUrl: string
}

/**
 * vitest globalSetup: provides `databaseUrl`, `databaseOwnerUrl` and `databaseGatewayUrl`; the returned function tears down. The
 * database is a process of its own, because in this project Vite resolves packages for workerd, where `ws`
 * has no server.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const child = fork(fileURLToPath(new URL('./database-process.ts', import.meta.url)), { execArgv: [] })
  const ended = once(child, 'exit')
  const started = await Promise.race([
    once(child, 'message').then(([message]) => message as Started),
    ended.then(([code]) => {
      throw new Error(`the test database ended with code ${code} before it was ready; see above`)
    }),
  ])
  project.provide('databaseUrl', started.databaseUrl)
  project.provide('databaseOwnerUrl', started.ownerUrl)
  project.provide('databaseGatewayUrl', started.gatewayUrl)
  return async () => {
    child.disconnect()
    const [code] = await ended
    if (code !== 0) throw new Error(`the test database ended with code ${code}; see above`)
  }
}
