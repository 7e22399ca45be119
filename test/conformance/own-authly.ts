/** An Authly for one test file alone: for tests that stop its database, kill its process or shorten its clocks. */
import { inject } from 'vitest'
import type { RunningStack, StackOptions } from '../../scripts/stack/start-stack.ts'
import { startAuthly } from './global-setup.ts'
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
  const stack = await startAuthly(inject('bundle'), { ...options, vars })
  const { issuer } = stack
  const seed = createSeed(stack.database_owner_url)
  return {
    ...{ issuer, stack, seed, rp: createRelyingParty(issuer) },
    stop: async () => {
      await seed.close().catch(() => undefined)
      await stack.stop()
    },
  }
}
