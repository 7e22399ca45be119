import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decideRefresh,
  familyEnd,
  keepFamily,
  type RefreshDecision,
  type RefreshFamily,
  rotateFamily,
  startFamily,
} from '../../src/sessions/decide-refresh.ts'
import { day, hour, policy, second, start } from './examples.ts'

const born = startFamily('t0', start, policy)
const rotate = (family: RefreshFamily, hash: string, now: number) =>
  rotateFamily(family, { hash, replay: `answer with ${hash}` }, now, policy)
const once = rotate(born, 't1', start + 100 * second)
const twice = rotate(once, 't2', start + 110 * second)

describe('decideRefresh', () => {
  const races: readonly [title: string, RefreshFamily, presented: string, now: number, RefreshDecision][] = [
    ['the first token is current', born, 't0', start + second, { status: 'current' }],
    ['the current token is current', once, 't1', start + 200 * second, { status: 'current' }],
    [
      'the current token is current in the instant of its issue',
      once,
      't1',
      start + 100 * second,
      { status: 'current' },
    ],
    [
      'the second of two tabs gets the answer of the first',
      once,
      't0',
      start + 100 * second,
      { status: 'replay', replay: 'answer with t1' },
    ],
    [
      'a retry at the end of the grace window gets the same answer',
      once,
      't0',
      start + 130 * second,
      { status: 'replay', replay: 'answer with t1' },
    ],
    [
      'a retry after the grace window is reuse (RFC 9700 §4.14)',
      once,
      't0',
      start + 130 * second + 1,
      { status: 'reused' },
    ],
    [
      'a token two generations old is reuse even within the window',
      twice,
      't0',
      start + 111 * second,
      { status: 'reused' },
    ],
    [
      'the previous of two quick rotations is still replayed',
      twice,
      't1',
      start + 111 * second,
      { status: 'replay', replay: 'answer with t2' },
    ],
    [
      'a token never stored is reuse: only issued ones open as handles',
      once,
      'zzz',
      start + 101 * second,
      { status: 'reused' },
    ],
    [
      'an isolate whose clock is behind still gets the answer again',
      once,
      't0',
      start + 95 * second,
      { status: 'replay', replay: 'answer with t1' },
    ],
    [
      'the last millisecond of the idle lifetime counts',
      born,
      't0',
      start + 14 * day - 1,
      { status: 'current' },
    ],
    ['an unused token ends after the idle lifetime', born, 't0', start + 14 * day, { status: 'expired' }],
    ['an old token of an ended family is only expired', twice, 't0', start + 15 * day, { status: 'expired' }],
  ]
  it.each(races)('%s', (_, family, presented, now, expected) => {
    expect(decideRefresh(family, presented, now, policy)).toEqual(expected)
  })

  it('ends a family at its absolute lifetime however often it is used', () => {
    let family = born
    let now = start
    for (let generation = 1; now < start + 80 * day; generation++) {
      now += 10 * day
      expect(decideRefresh(family, family.current_hash, now, policy).status).toBe('current')
      family = rotate(family, `t${generation}`, now)
    }
    expect(familyEnd(family)).toBe(start + 90 * day)
    expect(decideRefresh(family, family.current_hash, start + 90 * day, policy)).toEqual({
      status: 'expired',
    })
  })

  it('applies a policy that became stricter at once, and never lengthens a family', () => {
    const stricter = { ...policy, idle_ttl_seconds: 3600 }
    expect(decideRefresh(born, 't0', start + hour, stricter)).toEqual({ status: 'expired' })
    const looser = { ...policy, idle_ttl_seconds: 365 * 86_400, absolute_ttl_seconds: 365 * 86_400 }
    expect(decideRefresh(born, 't0', start + 14 * day, looser)).toEqual({ status: 'expired' })
    expect(familyEnd(rotateFamily(born, { hash: 't1', replay: 'r' }, start + day, looser))).toBe(
      start + 90 * day,
    )
  })

  it('never replays without a grace window', () => {
    const strict = { ...policy, replay_grace_seconds: 0 }
    expect(decideRefresh(once, 't0', start + 100 * second + 1, strict)).toEqual({ status: 'reused' })
  })
})

describe('a family under any interleaving of clients', () => {
  /** Each step: someone waits, then presents the token of some generation. */
  const steps = fc.array(fc.record({ waitMs: fc.nat({ max: 20_000 }), age: fc.nat({ max: 4 }) }), {
    maxLength: 60,
  })

  it('has at most one live token, hands each successor out once or repeats it, and dies at the first reuse', () => {
    fc.assert(
      fc.property(steps, (script) => {
        let now = start
        let family: RefreshFamily | undefined = born
        const issued = ['t0']
        for (const { waitMs, age } of script) {
          now += waitMs
          const presented = issued[Math.max(0, issued.length - 1 - age)] as string
          if (!family) return
          const decision = decideRefresh(family, presented, now, policy)
          const isCurrent = presented === issued.at(-1)
          const isPrevious = issued.length > 1 && presented === issued.at(-2)
          const inGrace = now - family.rotated_at <= 30_000
          if (isCurrent) {
            expect(decision).toEqual({ status: 'current' })
            const successor = `t${issued.length}`
            family = rotate(family, successor, now)
            issued.push(successor)
          } else if (isPrevious && inGrace) {
            expect(decision).toEqual({ status: 'replay', replay: `answer with ${issued.at(-1)}` })
          } else {
            expect(decision).toEqual({ status: 'reused' })
            family = undefined
          }
          if (!family) continue
          const alive: RefreshFamily = family
          const rotating = issued.filter(
            (hash) => decideRefresh(alive, hash, now, policy).status === 'current',
          )
          expect(rotating).toEqual([issued.at(-1)])
        }
      }),
    )
  })
})

describe('keepFamily (FAPI 2.0 Security Profile §5.3.2.1: no rotation)', () => {
  const keep = (family: RefreshFamily, at: number) => keepFamily(family, start + at * second, policy)
  const decide = (family: RefreshFamily, hash: string, at: number) =>
    decideRefresh(family, hash, start + at * second, policy)

  it('leaves the token current, however often and whenever it is used', () => {
    let family = born
    for (const at of [1, 1, 31, 5000, 5000, 86_400]) {
      expect(decide(family, 't0', at)).toEqual({ status: 'current' })
      family = keep(family, at)
    }
    expect(family.current_hash).toBe('t0')
  })

  it('extends the idle lifetime by each use, up to the absolute end', () => {
    let family = born
    for (let days = 10; days < 90; days += 10) {
      const now = start + days * day
      expect(decideRefresh(family, 't0', now, policy)).toEqual({ status: 'current' })
      family = keepFamily(family, now, policy)
    }
    expect(familyEnd(family, policy)).toBe(start + 90 * day)
    expect(decideRefresh(family, 't0', start + 90 * day, policy)).toEqual({ status: 'expired' })
    expect(decideRefresh(keep(born, 1), 't0', start + 14 * day + second, policy)).toEqual({
      status: 'expired',
    })
  })

  it('after a rotation answers a retry of the token before in its grace window, and no longer for being used', () => {
    // Rotated at 100 s; the client’s profile then begins to keep tokens.
    let family = keep(once, 101)
    expect(decide(family, 't0', 130)).toEqual({ status: 'replay', replay: 'answer with t1' })
    family = keep(family, 129)
    expect(decide(family, 't0', 131)).toEqual({ status: 'reused' })
    expect(decide(family, 't1', 131)).toEqual({ status: 'current' })
    expect(decide(keep(family, 140), 't0', 141)).toEqual({ status: 'reused' })
  })

  it('forgets the token before when its window is over: it is reuse for good', () => {
    const family = keep(once, 200)
    expect(family).toMatchObject({ previous_hash: undefined, replay: undefined })
    expect(decide(family, 't0', 200)).toEqual({ status: 'reused' })
    expect(decide(family, 't1', 200)).toEqual({ status: 'current' })
  })

  it('rotates again when the profile is laid down, from the token that was kept', () => {
    const family = rotate(keep(born, 50), 't1', start + 60 * second)
    expect(decide(family, 't0', 61)).toEqual({ status: 'replay', replay: 'answer with t1' })
    expect(decide(family, 't0', 91)).toEqual({ status: 'reused' })
    expect(decide(family, 't1', 91)).toEqual({ status: 'current' })
  })
})
