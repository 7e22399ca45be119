import { describe, expect, test } from 'vitest'
import { supersedes } from '../../src/edge-cache/replica.ts'
import { replicaContract } from '../contracts/replica-contract.ts'
import { createMemoryReplica } from '../fakes/memory-replica.ts'

const at = 1_800_000_000_000

describe('replica contract: the fake', () => {
  const replica = createMemoryReplica()
  replicaContract(() => replica)
})

describe('supersedes', () => {
  test.each([
    [2, at - 50, 1, at, true],
    [1, at + 50, 2, at, false],
    [1, at + 60_000, 7, at, false],
    [1, at + 60_001, 7, at, true],
    [4, at, 4, at, true],
    [4, at - 1, 4, at, false],
    [0, at + 1, 4, at, true],
    [0, at - 1, 4, at, false],
    [1, at + 1, 0, at, true],
    [9, at - 1, 0, at, false],
  ])('version %i read at %i over version %i read at %i: %s', (version, loadedAt, oldVersion, oldAt, wins) => {
    expect(supersedes({ version, loadedAt }, { version: oldVersion, loadedAt: oldAt })).toBe(wins)
  })
})
