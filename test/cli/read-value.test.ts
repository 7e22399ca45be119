/** Times and lists as people type them. */
import { describe, expect, it } from 'vitest'
import { readList } from '../../cli/read-list.ts'
import { readTime } from '../../cli/read-time.ts'

describe('a time', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00Z'],
    ['2026-01-31T09:30', '2026-01-31T09:30:00Z'],
    ['2026-01-31 09:30', '2026-01-31T09:30:00Z'],
    ['2026-01-31T09:30:15.123456Z', '2026-01-31T09:30:15.123456Z'],
    ['2026-01-31t09:30:15z', '2026-01-31T09:30:15Z'],
    ['2026-01-31T09:30+05:30', '2026-01-31T09:30:00+05:30'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ])('%s is %s', (typed, sent) => {
    expect(readTime('from', typed)).toBe(sent)
  })

  it.each([
    ...['yesterday', '2026', '2026-01', '2026-13-01', '2026-02-30', '2026-02-29', '2026-01-31T25:00'],
    ...['2026-01-31T09', '31.01.2026', '2026-1-3', '2026-01-31Z', '', '1769850000', '2026-01-31T09:30 CET'],
  ])('cannot be “%s”', (typed) => {
    expect(() => readTime('from', typed)).toThrow('--from: “')
  })
})

describe('a list', () => {
  it.each<[string[], string[]]>([
    [['a,b'], ['a', 'b']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [
      ['a,b', 'c'],
      ['a', 'b', 'c'],
    ],
    [['a, b'], ['a', 'b']],
    [
      ['https://a.example/cb?x=1\\,2,https://b.example/'],
      ['https://a.example/cb?x=1,2', 'https://b.example/'],
    ],
  ])('given as %j is %j', (given, entries) => {
    expect(readList('roles', given)).toEqual(entries)
  })

  it('of what holds no spaces may have them between the entries', () => {
    expect(readList('scope', ['openid profile', 'email,phone'], ' ')).toEqual([
      ...['openid', 'profile', 'email', 'phone'],
    ])
  })

  it('is not emptied by a variable that is', () => {
    for (const given of [[''], ['a,'], ['a', ''], [' ']]) {
      expect(() => readList('roles', given)).toThrow('empty entry')
      expect(() => readList('scope', given, ' ')).toThrow('empty entry')
    }
  })
})
