/** Worker tests ask a stand-in for the list of breached passwords, outside workerd. */
import type { TestProject } from 'vitest/node'
import { startBreachedPasswordsServer } from './breached-passwords-server.ts'

/** vitest globalSetup: provides `breachedPasswordsUrl`; the returned function tears down. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startBreachedPasswordsServer()
  project.provide('breachedPasswordsUrl', server.url)
  return server.stop
}
