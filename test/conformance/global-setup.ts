/**
 * Authlys of a test run, one for each file that runs at a time: some tests compare the whole database before and after.
 * Each is the production bundle in raw workerd with its own Postgres, reached over HTTP alone.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { type RunningStack, type StackOptions, startStack } from '../../scripts/stack/start-stack.ts'
import { bundleWorker, type WorkerBundle } from '../../scripts/stack/worker-bundle.ts'
import type {} from '../setup/bundle.ts'

export type AuthlyFacts = {
  readonly issuer: string
  readonly databaseUrl: string
}

declare module 'vitest' {
  interface ProvidedContext {
    /** By the number of the vitest worker. */
    authlys: readonly AuthlyFacts[]
  }
}

/** Bindings of every Authly in these tests: the tests' own servers are on loopback, and send many bad requests. */
export const conformanceVars = {
  // The tests play Cloudflare, so that every browser has an address of its own.
  AUTHLY_CLIENT_ADDRESS: 'cloudflare',
  AUTHLY_ALLOW_LOOPBACK_FETCH: 'true',
  AUTHLY_RATE_LIMITS: JSON.stringify({
    'token-client': { capacity: 1_000_000, per_seconds: 60 },
    'token-ip-unauthenticated': { capacity: 1_000_000, per_seconds: 60 },
    'authorize-ip': { capacity: 1_000_000, per_seconds: 60 },
  }),
}

/** vitest globalSetup: provides `authlys` and `bundle`; the returned function tears down. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-conformance-'))
  const stacks: RunningStack[] = []
  const tearDown = async () => {
    await Promise.all(stacks.map((stack) => stack.stop()))
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const bundle = await bundleWorker(folder)
    for (let count = 0; count < Number(project.config.maxWorkers); count++)
      stacks.push(await startAuthly(bundle))
    const authlys = stacks.map(({ issuer, database_owner_url: databaseUrl }) => ({ issuer, databaseUrl }))
    project.provide('bundle', bundle)
    project.provide('authlys', authlys)
    return tearDown
  } catch (error) {
    await tearDown()
    throw error
  }
}

/** @param options `vars` are more bindings, e.g. lifetimes */
export async function startAuthly(
  bundle: WorkerBundle,
  { vars = {}, ...options }: Pick<StackOptions, 'vars' | 'trustedCertificates' | 'settings'> = {},
): Promise<RunningStack> {
  const port = await findFreePort()
  // One host for everything: cookies of `127.0.0.1` are first-party for the browser tests' application too.
  const issuer = `http://127.0.0.1:${port}`
  const output = process.env['AUTHLY_TEST_LOG'] === undefined ? 'ignore' : 'inherit'
  const stack = await startStack({
    ...{ bundle, port, issuer, output, ...options },
    vars: { ...conformanceVars, ...vars },
  })
  // Makes the first key of each algorithm, so that no test can be blamed for it.
  await fetch(`${issuer}/.well-known/jwks.json`)
  return stack
}
