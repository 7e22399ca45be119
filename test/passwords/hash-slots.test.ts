import { describe, expect, test } from 'vitest'
import { createHashSlots, hashSlotLimits, type ReleaseSlot } from '../../src/passwords/hash-slots.ts'

/** Slots under a clock that moves only when all who wait have asked in vain. */
function setUp() {
  let now = 1_800_000_000_000
  let sleepers: (() => void)[] = []
  const slots = createHashSlots({
    now: () => now,
    pause: () => new Promise((resolve) => sleepers.push(resolve)),
  })
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  const pass = async (milliseconds: number = hashSlotLimits.pollMs) => {
    now += milliseconds
    const woken = sleepers
    sleepers = []
    for (const wake of woken) wake()
    await settle()
  }
  /** Begins to wait; `turns` fills with those who got one, `refused` counts the others. */
  const turns: ReleaseSlot[] = []
  let refused = 0
  const take = async (subject: string, isKnown = false) => {
    void slots.take(subject, isKnown).then((release) => {
      if (release) turns.push(release)
      else refused += 1
    })
    await settle()
  }
  return { slots, take, pass, turns, refused: () => refused }
}

const { running, runningKept, runningPerSubject, waiting, waitingPerSubject, maxWaitMs, maxTurnMs } =
  hashSlotLimits

describe('password hashes under way', () => {
  test('are bounded for an address; the next one begins when one ends', async () => {
    const { take, pass, turns } = setUp()
    for (let index = 0; index < runningPerSubject + 2; index++) await take('192.0.2.1')
    expect(turns).toHaveLength(runningPerSubject)
    turns[0]?.()
    await pass()
    expect(turns).toHaveLength(runningPerSubject + 1)
  })

  test('are bounded for the isolate, whoever asks', async () => {
    const { take, turns } = setUp()
    for (let index = 0; index < running + 4; index++) await take(`192.0.2.${index}`)
    expect(turns).toHaveLength(running - runningKept)
    for (let index = 0; index < running; index++) await take(`device-${index}`, true)
    expect(turns).toHaveLength(running)
  })

  test('of others never keep a known device waiting, however many addresses they come from', async () => {
    const { take, turns, refused } = setUp()
    for (let address = 0; address < 5; address++) {
      for (let index = 0; index < waitingPerSubject; index++) await take(`192.0.2.${address}`)
    }
    expect(refused()).toBeGreaterThan(0)
    const before = turns.length
    await take('device', true)
    expect(turns).toHaveLength(before + 1)
  }, 20_000)

  test('one busy address leaves room for the others', async () => {
    const { take, turns } = setUp()
    for (let index = 0; index < 50; index++) await take('192.0.2.1')
    await take('192.0.2.2')
    expect(turns).toHaveLength(runningPerSubject + 1)
  })

  test('a burst of two hundred people of one office is served, one after the other', async () => {
    const { take, pass, turns, refused } = setUp()
    for (let person = 0; person < 200; person++) await take('office')
    for (let served = 0; served < 200; served++) {
      turns[served]?.()
      await pass()
    }
    expect(turns).toHaveLength(200)
    expect(refused()).toBe(0)
  })

  test('too many who wait are refused at once, for an address and for the isolate', async () => {
    const { take, refused } = setUp()
    for (let index = 0; index < runningPerSubject + waitingPerSubject; index++) await take('192.0.2.1')
    expect(refused()).toBe(0)
    await take('192.0.2.1')
    expect(refused()).toBe(1)
    const addresses = Math.ceil((waiting + running) / waitingPerSubject) + 1
    for (let address = 2; address <= addresses; address++) {
      for (let index = 0; index < waitingPerSubject; index++) await take(`192.0.2.${address}`)
    }
    expect(refused()).toBeGreaterThan(1)
  }, 20_000)

  test('who waits too long is refused, and waits no more', async () => {
    const { take, pass, turns, refused } = setUp()
    for (let index = 0; index <= runningPerSubject; index++) await take('192.0.2.1')
    await pass(maxWaitMs)
    expect(refused()).toBe(1)
    turns[0]?.()
    await pass()
    expect(turns).toHaveLength(runningPerSubject)
  })

  test('a turn whose request was given up ends by itself, and a late release takes nobody else’s', async () => {
    const { take, pass, turns } = setUp()
    for (let index = 0; index < runningPerSubject; index++) await take('192.0.2.1')
    await pass(maxTurnMs)
    for (let index = 0; index < runningPerSubject + 1; index++) await take('192.0.2.1')
    expect(turns).toHaveLength(2 * runningPerSubject)
    turns[0]?.()
    turns[0]?.()
    await pass()
    expect(turns).toHaveLength(2 * runningPerSubject)
  })
})
