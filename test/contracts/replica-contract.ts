/** What every replica must do: run against the fake, the Durable Object and Redis. */
import { expect, test } from 'vitest'
import { type Replica, type ReplicaEntry, supersedes } from '../../src/edge-cache/replica.ts'

const at = 1_800_000_000_000
const entry = (version: number, loadedAt: number, value = `{"v":${version}}`): ReplicaEntry => ({
  value,
  version,
  loadedAt,
})

/** @param replica the adapter under test; keys are fresh per test */
export function replicaContract(replica: () => Replica): void {
  const freshKey = () => `contract:${crypto.randomUUID()}`

  test('answers undefined for a key nobody has put', async () => {
    expect(await replica().get(freshKey())).toBeUndefined()
  })

  test('gives back value, version and time exactly as put', async () => {
    const key = freshKey()
    const put = entry(3, at, '{"name":"Zoë \\u0000 \\"quoted\\" 日本 \'; drop"}')
    await replica().put(key, put)
    expect(await replica().get(key)).toEqual(put)
  })

  test('keeps text that looks like a number or null as text', async () => {
    const key = freshKey()
    await replica().put(key, entry(0, at, 'null'))
    expect(await replica().get(key)).toEqual(entry(0, at, 'null'))
  })

  const stamps = [
    ['a newer version replaces an older one, even when it was read earlier', [1, at], [2, at - 50]],
    ['a late writer never brings an older version back', [2, at], [1, at + 50]],
    [
      'a lower version read over a minute later wins: the row was deleted and made again',
      [7, at],
      [1, at + 60_001],
    ],
    ['the same version read later renews its time', [4, at], [4, at + 10]],
    ['the same version read earlier changes nothing', [4, at], [4, at - 10]],
    ['an absence read later replaces a value', [4, at], [0, at + 10]],
    ['an absence read earlier does not hide a value', [4, at], [0, at - 10]],
    ['a value read later replaces an absence', [0, at], [1, at + 10]],
    ['a value read before the deletion does not come back', [0, at], [9, at - 10]],
  ] as const

  test.each(stamps)('%s', async (_, [firstVersion, firstAt], [secondVersion, secondAt]) => {
    const key = freshKey()
    const first = entry(firstVersion, firstAt, '"first"')
    const second = entry(secondVersion, secondAt, '"second"')
    await replica().put(key, first)
    await replica().put(key, second)
    expect(await replica().get(key)).toEqual(supersedes(second, first) ? second : first)
  })

  test('of many parallel writers the newest version stays', async () => {
    const key = freshKey()
    const versions = [5, 1, 9, 3, 7, 2, 8, 4, 6]
    await Promise.all(versions.map((version) => replica().put(key, entry(version, at))))
    expect((await replica().get(key))?.version).toBe(9)
  })
}
