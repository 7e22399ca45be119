/** An Authly for one test file alone: for tests that stop its database, kill its process or shorten its clocks. */
import { inject } from 'vitest'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { type RunningStack, type StackOptions, startStack } from '../../scripts/stack/start-stack.ts'
import { conformanceVars } from './global-setup.ts'
import { createRelyingParty, type RelyingParty } from './relying-party.ts'
import { createSeed, type Seed } from './seed.ts'

export type OwnAuthly = {
  readonly issuer: string
  readonly stack: RunningStack
  readonly seed: Seed
  readonly rp: RelyingParty
  stop(): Promise<void>
}

/** @param vars more bindings, e.g. lifetimes */
export async function startOwnAuthly(
  vars: Readonly<Record<string, string>> = {},
  options: Pick<StackOptions, 'trustedCertificates' | 'settings'> = {},
): Promise<OwnAuthly> {
  const port = await findFreePort()
  const issuer = `http://127.0.0.1:${port}`
  const bundle = inject('bundle')
  const output = process.env['AUTHLY_TEST_LOG'] === undefined ? 'ignore' : 'inherit'
  const stack = await startStack({
    ...{ bundle, port, issuer, output, ...options },
    vars: { ...conformanceVars, ...vars },
  })
  const seed = createSeed(stack.database_owner_url)
  await fetch(`${issuer}/.well-known/jwks.json`)
  return {
    ...{ issuer, stack, seed, rp: createRelyingParty(issuer) },
    stop: async () => {
      await seed.close().catch(() => undefined)
      await stack.stop()
    },
  }
}
