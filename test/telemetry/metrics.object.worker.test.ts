import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { HandOver } from '../../src/telemetry/hand-over.ts'
import type { Family } from '../../src/telemetry/metric-families.ts'
import { journalRows } from '../../src/telemetry/metrics.object.ts'

const freshShard = () => env.METRICS.getByName(`test:${crypto.randomUUID()}`)
type Shard = ReturnType<typeof freshShard>

const signIns = (isolate: string, sequence: number, count: number): HandOver => ({
  ...{ isolate, sequence },
  families: [
    {
      ...{ name: 'authly_sign_ins_total', merge: 'sum', labels: ['method', 'outcome'], bounds: [] },
      series: [[['password', 'success'], [count]]],
    },
  ],
})

async function counted(shard: Shard): Promise<number | undefined> {
  const { families } = await shard.read()
  const [family] = families as unknown as readonly Family[]
  return family?.series[0]?.[1][0]
}

test('a shard that was given nothing stores nothing', async () => {
  const shard = freshShard()
  expect(await shard.read()).toEqual({ families: [], isolates: 0 })
  expect(await runInDurableObject(shard, (_, { storage }) => storage.sql.databaseSize)).toBeLessThan(10_000)
})

test('hand-overs of many isolates at the same time all count', async () => {
  const shard = freshShard()
  const isolates = Array.from({ length: 20 }, (_, index) => `isolate-${index}`)
  await Promise.all(
    isolates.map(async (isolate) => {
      for (let sequence = 1; sequence <= 10; sequence++) await shard.take(signIns(isolate, sequence, 1))
    }),
  )
  expect(await counted(shard)).toBe(200)
  expect((await shard.read()).isolates).toBe(20)
})

test('a hand-over that is repeated counts once, also after an eviction', async () => {
  const shard = freshShard()
  await shard.take(signIns('one', 1, 5))
  await shard.take(signIns('one', 1, 5))
  await evictDurableObject(shard)
  await shard.take(signIns('one', 1, 5))
  expect(await counted(shard)).toBe(5)
  await shard.take(signIns('one', 2, 1))
  expect(await counted(shard)).toBe(6)
})

test('evictions at any time lose nothing: before, at and after the sums are stored', async () => {
  const shard = freshShard()
  let expected = 0
  for (let sequence = 1; sequence <= 3 * journalRows; sequence++) {
    await shard.take(signIns('one', sequence, sequence))
    expected += sequence
    const isNearSnapshot = [-1, 0, 1, 2].includes((sequence % (journalRows + 1)) - journalRows)
    if (isNearSnapshot || sequence % 25 === 0) {
      await evictDurableObject(shard)
      expect(await counted(shard)).toBe(expected)
    }
  }
  const rows = await runInDurableObject(shard, (_, { storage }) =>
    storage.sql.exec<{ rows: number }>('SELECT count(*) AS rows FROM journal').one(),
  )
  expect(rows).toEqual({ rows: journalRows })
})
