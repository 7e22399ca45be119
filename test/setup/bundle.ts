/** Bundles the worker once per test run, for files that each start an Authly of their own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { bundleWorker, type WorkerBundle } from '../../scripts/stack/worker-bundle.ts'

declare module 'vitest' {
  interface ProvidedContext {
    bundle: WorkerBundle
  }
}

/** vitest globalSetup: provides `bundle`; the returned function removes it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-bundle-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    project.provide('bundle', await bundleWorker(folder))
    return remove
  } catch (error) {
    await remove()
    throw error
  }
}
