/** Clients that worker tests sign out of are stand-ins outside workerd. */
import type { TestProject } from 'vitest/node'
import { startRelyingPartiesServer } from './relying-parties-server.ts'

/** vitest globalSetup: provides `relyingPartiesUrl`; the returned function tears down. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startRelyingPartiesServer()
  project.provide('relyingPartiesUrl', server.url)
  return server.stop
}
