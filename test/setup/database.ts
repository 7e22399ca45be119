/** Worker tests run against a real Postgres: one temporary database per test run, behind the Neon gateway. */
import type { TestProject } from 'vitest/node'
import { startDatabase } from '../../scripts/database/start-database.ts'

/** vitest globalSetup: provides `databaseUrl` and `databaseGatewayUrl`; the returned function tears down. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const database = await startDatabase({ ephemeral: true })
  project.provide('databaseUrl', database.databaseUrl)
  project.provide('databaseGatewayUrl', database.gatewayUrl ?? '')
  return () => database.stop()
}
