/** One Authly for all quickstarts, on the port that their text names, and the registry of the SDK. */

import type { TestProject } from 'vitest/node'
import { tokenOfServiceAccount } from '../../scripts/check/service-account.ts'
import { startStack } from '../../scripts/stack/start-stack.ts'
import { pathWithGo } from '../../scripts/toolchains/go.ts'
import type { Surroundings } from './follow-quickstart.ts'
import { startLocalRegistry } from './local-registry.ts'

declare module 'vitest' {
  interface ProvidedContext {
    surroundings: Surroundings & { readonly issuer: string; readonly databaseOwnerUrl: string }
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const registry = await startLocalRegistry()
  const stack = await startStack({ port: 8787 })
  const token = await tokenOfServiceAccount(stack, 'quickstarts')
  project.provide('surroundings', {
    ...{ issuer: stack.issuer, databaseOwnerUrl: stack.database_owner_url },
    registryUrl: registry.url,
    path: await pathWithGo(),
    authly: { AUTHLY_ISSUER: stack.issuer, AUTHLY_TOKEN: token },
  })
  return async () => {
    registry.stop()
    await stack.stop()
  }
}
