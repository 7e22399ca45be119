/** The fake of the replica port; the contract suite runs against it too. */
import { type Replica, type ReplicaEntry, supersedes } from '../../src/edge-cache/replica.ts'

export function createMemoryReplica(): Replica & { readonly entries: Map<string, ReplicaEntry> } {
  const entries = new Map<string, ReplicaEntry>()
  return {
    entries,
    get: async (key) => entries.get(key),
    put: async (key, entry) => {
      if (supersedes(entry, entries.get(key))) entries.set(key, entry)
    },
  }
}
