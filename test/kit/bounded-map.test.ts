import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BoundedMap } from '../../src/kit/bounded-map.ts'

describe('a bounded map', () => {
  it('forgets the entry that was set longest ago', () => {
    const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2).set('c', 3)
    expect([...map]).toEqual([
      ['b', 2],
      ['c', 3],
    ])
  })

  it('setting a key again makes it the youngest, reading does not', () => {
    const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2)
    expect(map.get('a')).toBe(1)
    map.set('c', 3)
    expect(map.has('a')).toBe(false)
    map.set('b', 4).set('d', 5)
    expect([...map]).toEqual([
      ['b', 4],
      ['d', 5],
    ])
  })

  it('holds a key that is falsy, and forgets it in its turn', () => {
    const map = new BoundedMap<string | undefined, number>(1).set(undefined, 1)
    expect(map.get(undefined)).toBe(1)
    expect([...map.set('a', 2)]).toEqual([['a', 2]])
  })

  it('is the youngest `capacity` keys of whatever was done to it', () => {
    const step = fc.oneof(
      fc.record({ set: fc.integer({ min: 0, max: 9 }), value: fc.integer() }),
      fc.record({ delete: fc.integer({ min: 0, max: 9 }) }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), (capacity, steps) => {
        const map = new BoundedMap<number, number>(capacity)
        let expected: [number, number][] = []
        for (const done of steps) {
          const key = 'set' in done ? done.set : done.delete
          expected = expected.filter(([held]) => held !== key)
          if ('set' in done) {
            map.set(key, done.value)
            expected = [...expected, [key, done.value] as [number, number]].slice(-capacity)
          } else map.delete(key)
          expect([...map]).toEqual(expected)
          expect(map.size).toBeLessThanOrEqual(capacity)
        }
      }),
    )
  })
})
