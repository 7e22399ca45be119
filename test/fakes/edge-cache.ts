/** An edge cache with parts a test can see and break. */
import { createEdgeCache } from '../../src/edge-cache/edge-cache.ts'
import { createMemoryTier } from '../../src/edge-cache/memory-tier.ts'
import type { Replica } from '../../src/edge-cache/replica.ts'
import { createMemoryReplica } from './memory-replica.ts'

export interface CacheUnderTest {
  readonly cache: ReturnType<typeof createEdgeCache>
  /** Waits for everything handed to `waitUntil` so far. */
  settle(): Promise<void>
}

/** A cache with a memory of its own: a cold isolate, unless `memory` is given. */
export function cacheUnderTest(options: {
  readonly now: () => number
  readonly replica?: Replica
  readonly memory?: ReturnType<typeof createMemoryTier>
}): CacheUnderTest {
  const background: Promise<unknown>[] = []
  const cache = createEdgeCache({
    replica: options.replica ?? createMemoryReplica(),
    now: options.now,
    waitUntil: (work) => void background.push(work),
    memory: options.memory ?? createMemoryTier(),
  })
  return {
    cache,
    async settle() {
      while (background.length > 0) await background.shift()
    },
  }
}
