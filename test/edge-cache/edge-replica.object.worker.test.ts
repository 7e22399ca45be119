import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createObjectReplica } from '../../src/edge-cache/edge-replica.object.ts'
import { replicaRetentionMilliseconds } from '../../src/edge-cache/replica.ts'
import { replicaContract } from '../contracts/replica-contract.ts'

const region = `test-${crypto.randomUUID().slice(0, 8)}`
const replicaOf = (name: string) =>
  createObjectReplica(env.EDGE_REPLICA, { region: name, jurisdiction: undefined, locationHint: undefined })
const replica = replicaOf(region)
const entry = (loadedAt: number) => ({ value: '{"a":1}', version: 1, loadedAt })

describe('replica contract: the Durable Object', () => replicaContract(() => replica))

test('keeps its entries over an eviction', async () => {
  const now = Date.now()
  await replica.put('evicted', entry(now))
  await evictDurableObject(env.EDGE_REPLICA.getByName(region))
  expect(await replica.get('evicted')).toEqual(entry(now))
})

test('regions do not share entries', async () => {
  await replica.put('regional', entry(Date.now()))
  expect(await replicaOf(`${region}-other`).get('regional')).toBeUndefined()
})

test('forgets what nobody has renewed for a day', async () => {
  const now = Date.now()
  const other = replicaOf(`${region}-purge`)
  await other.put('forgotten', entry(now - replicaRetentionMilliseconds - 1000))
  await other.put('kept', entry(now))
  await runDurableObjectAlarm(env.EDGE_REPLICA.getByName(`${region}-purge`))
  expect(await other.get('forgotten')).toBeUndefined()
  expect(await other.get('kept')).toEqual(entry(now))
})
