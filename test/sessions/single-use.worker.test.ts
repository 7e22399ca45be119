import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { createSpendOnce, createWasSpent } from '../../src/sessions/single-use.object.ts'
import { hour } from './examples.ts'

const spendOnce = createSpendOnce(env.SINGLE_USE, { jurisdiction: undefined, locationHint: undefined })
const wasSpent = createWasSpent(env.SINGLE_USE, { jurisdiction: undefined, locationHint: undefined })
const inAnHour = (): number => Date.now() + hour
const newScope = (): string => crypto.randomUUID()
const stubOf = (scope: string) => env.SINGLE_USE.getByName(scope)

describe('spendOnce', () => {
  it('lets a value pass once per scope (RFC 7523 §3)', async () => {
    const [scope, other] = [newScope(), newScope()]
    expect(await spendOnce(scope, 'jti-1', inAnHour())).toBe(true)
    expect(await spendOnce(scope, 'jti-1', inAnHour())).toBe(false)
    expect(await spendOnce(scope, 'jti-2', inAnHour())).toBe(true)
    expect(await spendOnce(other, 'jti-1', inAnHour())).toBe(true)
  })

  it('lets one of 50 parallel uses pass', async () => {
    const scope = newScope()
    const all = await Promise.all(Array.from({ length: 50 }, () => spendOnce(scope, 'jti', inAnHour())))
    expect(all.filter(Boolean)).toHaveLength(1)
  })

  it('remembers across an eviction, whatever the value looks like', async () => {
    const scope = newScope()
    const long = `${'x'.repeat(5_000)} ' OR 1=1 --`
    expect(await spendOnce(scope, long, inAnHour())).toBe(true)
    await evictDurableObject(stubOf(scope))
    expect(await spendOnce(scope, long, inAnHour())).toBe(false)
  })

  it('forgets what has expired, and then stores nothing', async () => {
    const scope = newScope()
    await spendOnce(scope, 'jti-1', inAnHour())
    const age = (by: number) =>
      runInDurableObject(stubOf(scope), (_, { storage }) => {
        storage.sql.exec('UPDATE spent SET keep_until = keep_until - ?', by)
      })
    expect(await runDurableObjectAlarm(stubOf(scope))).toBe(true)
    expect(await spendOnce(scope, 'jti-1', inAnHour())).toBe(false)
    await age(2 * hour)
    expect(await runDurableObjectAlarm(stubOf(scope))).toBe(true)
    const left = await runInDurableObject(stubOf(scope), (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'spent'").toArray(),
    )
    expect(left).toEqual([])
    expect(await spendOnce(scope, 'jti-1', inAnHour())).toBe(true)
  })
})

describe('wasSpent', () => {
  it('says what was used, in its scope, and uses nothing', async () => {
    const [scope, other] = [newScope(), newScope()]
    expect(await wasSpent(scope, 'request')).toBe(false)
    expect(await spendOnce(scope, 'request', inAnHour())).toBe(true)
    expect(await wasSpent(scope, 'request')).toBe(true)
    expect([await wasSpent(scope, 'another'), await wasSpent(other, 'request')]).toEqual([false, false])
    expect(await spendOnce(other, 'request', inAnHour())).toBe(true)
  })

  it('stores nothing where nothing was used', async () => {
    const scope = newScope()
    await wasSpent(scope, 'request')
    const stored = await runInDurableObject(stubOf(scope), (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'spent'").toArray(),
    )
    expect(stored).toEqual([])
  })
})
