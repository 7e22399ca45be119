/** Worker tests send messages to stand-ins for the APIs of providers, outside workerd. */
import type { TestProject } from 'vitest/node'
import { startMessageProvidersServer } from './message-providers-server.ts'

/** vitest globalSetup: provides `messageProvidersUrl`; the returned function tears down. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startMessageProvidersServer()
  project.provide('messageProvidersUrl', server.url)
  return server.stop
}
