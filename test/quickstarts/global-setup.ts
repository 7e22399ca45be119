/** One Authly for all quickstarts, on the port that their text names, and the registry of the SDK. */

import { delimiter, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { tokenOfServiceAccount } from '../../scripts/check/service-account.ts'
import { startStack } from '../../scripts/stack/start-stack.ts'
import { projectRoot } from '../../scripts/stack/worker-bundle.ts'
import { pathWithGo } from '../../scripts/toolchains/go.ts'
import type { Surroundings } from './follow-quickstart.ts'
import { startLocalRegistry } from './local-registry.ts'

declare module 'vitest' {
  interface ProvidedContext {
    surroundings: Surroundings & { readonly issuer: string; readonly databaseOwnerUrl: string }
  }
}

/** The pages name it. */
const port = 8787

/** Otherwise the reader's commands would go to a server of somebody else. */
async function untilPortIsFree(): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const isTaken = await fetch(`http://localhost:${port}/`, { redirect: 'manual' }).then(
      () => true,
      () => false,
    )
    if (!isTaken) return
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  throw new Error(
    `Port ${port} is taken. The quickstarts need it: stop the Authly that runs there (npm start)`,
  )
}

/** A reader has the Node of their machine, the oldest that the README allows included, not the one installed here. */
const pathOfReader = (path: string): string =>
  path
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(projectRoot, 'node_modules')))
    .join(delimiter)

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await untilPortIsFree()
  const registry = await startLocalRegistry()
  const stack = await startStack({ port })
  const token = await tokenOfServiceAccount(stack, 'quickstarts')
  project.provide('surroundings', {
    ...{ issuer: stack.issuer, databaseOwnerUrl: stack.database_owner_url },
    registryUrl: registry.url,
    path: pathOfReader(await pathWithGo()),
    authly: { AUTHLY_ISSUER: stack.issuer, AUTHLY_TOKEN: token },
  })
  return async () => {
    registry.stop()
    await stack.stop()
  }
}
