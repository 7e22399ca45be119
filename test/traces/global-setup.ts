/** Builds the collector, if it is not there yet, and the worker: once per run. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { bundleWorker, type WorkerBundle } from '../../scripts/stack/worker-bundle.ts'
import { buildCollector } from './build-collector.ts'

declare module 'vitest' {
  interface ProvidedContext {
    traced: { readonly bundle: WorkerBundle; readonly collector: string }
  }
}

/** vitest globalSetup: provides `traced`; the returned function tears down. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-traces-'))
  const collector = await buildCollector()
  project.provide('traced', { bundle: await bundleWorker(folder), collector })
  return () => rm(folder, { recursive: true, force: true })
}
