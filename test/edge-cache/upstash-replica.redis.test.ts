import { describe, expect, test } from 'vitest'
import { createUpstashReplica } from '../../src/edge-cache/upstash-replica.ts'
import { replicaContract } from '../contracts/replica-contract.ts'
import { testUpstash } from '../fakes/upstash.ts'

describe('replica contract: Redis behind the Upstash protocol', () => {
  const replica = createUpstashReplica(testUpstash())
  replicaContract(() => replica)
})

test('a wrong token is an error, not an empty cache', async () => {
  const replica = createUpstashReplica({ ...testUpstash(), token: 'wrong' })
  await expect(replica.get('k')).rejects.toThrow('Unauthorized')
})

test('a Redis that is not there is an error', async () => {
  const replica = createUpstashReplica({ url: 'http://127.0.0.1:1', token: 'x' })
  await expect(replica.get('k')).rejects.toThrow()
})
