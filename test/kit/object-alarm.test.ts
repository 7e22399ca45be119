import { describe, expect, it, vi } from 'vitest'
import { createObjectAlarm } from '../../src/kit/object-alarm.ts'

const now = Date.now()

/** An object that was created or woken while its alarm was set for `due`. */
async function woken(due: number | null) {
  const setAlarm = vi.fn(async () => undefined)
  const storage = { getAlarm: async () => due, setAlarm }
  let opened: Promise<unknown> = Promise.resolve()
  const blockConcurrencyWhile = (work: () => Promise<unknown>) => {
    opened = work()
    return opened
  }
  const alarm = createObjectAlarm({ storage, blockConcurrencyWhile } as never)
  await opened
  return { alarm, setAlarm }
}

describe('the alarm of an object', () => {
  it('is set once, and again only for an earlier time', async () => {
    const { alarm, setAlarm } = await woken(null)
    for (const time of [now + 5000, now + 9000, now + 5000, now + 1000]) alarm.ringBy(time)
    expect(setAlarm.mock.calls).toEqual([[now + 5000], [now + 1000]])
  })

  it('is not postponed by a call that woke the object after it was due, but before it was delivered', async () => {
    const { alarm, setAlarm } = await woken(now - 60_000)
    expect(alarm.overdueSince()).toBe(now - 60_000)
    alarm.ringBy(now + 3_600_000)
    expect(setAlarm).not.toHaveBeenCalled()
    expect(alarm.overdueSince()).toBe(now - 60_000)
  })

  it('that woke the object is over: what happens in it may set the next', async () => {
    const { alarm, setAlarm } = await woken(now - 1)
    alarm.rang()
    expect(alarm.overdueSince()).toBeUndefined()
    alarm.ringBy(now + 5000)
    expect(setAlarm.mock.calls).toEqual([[now + 5000]])
  })
})
