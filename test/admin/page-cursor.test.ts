import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CursorKind, decodeCursor, encodeCursor } from '../../src/admin/page-cursor.ts'
import { encodeText } from '../../src/kit/base64url.ts'
import { isInstant } from '../../src/kit/clock.ts'

const id = '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60'
const read = (kind: CursorKind, json: string) => decodeCursor('list', encodeText(`["list",${json}]`), [kind])

describe('a cursor (anybody can write one, and Postgres must take what is in it)', () => {
  it('comes back as it was made', () => {
    const times = ['2026-11-23T09:00:00.123456+00:00', '2024-02-29T23:59:59-09:30', '0001-01-01T00:00:00Z']
    for (const time of times) {
      expect(decodeCursor('l', encodeCursor('l', [time, id]), ['time', 'uuid'])).toEqual([time, id])
    }
    expect(decodeCursor('l', encodeCursor('l', [7, 'ä😀']), ['position', 'text'])).toEqual([7, 'ä😀'])
  })

  it.each<[CursorKind, string]>([
    ...[
      ...['"+275760-09-13T00:00:00+00:00"', '"275761-01-01T00:00:00+00:00"', '"infinity"', '"-infinity"'],
      ...['"now"', '"NaN"', '"0000-01-01T00:00:00+00:00"', '"-0044-03-15T00:00:00+00:00"'],
      ...['"0044-03-15T00:00:00+00:00 BC"', '"2026-02-30T00:00:00+00:00"', '"2025-02-29T00:00:00+00:00"'],
      ...['"2026-13-01T00:00:00+00:00"', '"2026-11-23T24:00:00+00:00"', '"2026-11-23T09:60:00+00:00"'],
      ...['"2026-11-23T09:00:60+00:00"', '"2026-11-23T99:99:99+00:00"', '"2026-11-23T.........+00:00"'],
      ...['"2026-11-23T09:00:00+16:00"', '"2026-11-23T09:00:00"', '"2026-11-23"', '1', 'null', '""', '[]'],
    ].map((json): [CursorKind, string] => ['time', json]),
    ...['"a\\u0000"', '"\\ud800"', '"\\udc00x"', '1', 'null', 'true', '{}', '["a"]'].map(
      (json): [CursorKind, string] => ['text', json],
    ),
    ...['1e400', '-1', '1.5', '9007199254740993', '1e300', '"1"', 'null', 'NaN', '[1]'].map(
      (json): [CursorKind, string] => ['position', json],
    ),
    ...[`"${id}0"`, `"${id.slice(1)}"`, `"${id.toUpperCase()}"`, `"{${id}}"`, `["${id}"]`, '1', 'null'].map(
      (json): [CursorKind, string] => ['uuid', json],
    ),
  ])('of a %s is refused as %s', (kind, json) => {
    expect(read(kind, json)).toBeUndefined()
  })

  it('has as many values as its list, and the name of it', () => {
    expect(decodeCursor('l', encodeCursor('l', ['a', 'b']), ['text'])).toBeUndefined()
    expect(decodeCursor('l', encodeCursor('l', []), ['text'])).toBeUndefined()
    expect(decodeCursor('l', encodeCursor('m', ['a']), ['text'])).toBeUndefined()
  })

  it('never throws, and yields only what its kind allows', () => {
    const cursors = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.jsonValue().map((value) => encodeText(JSON.stringify(value))),
      fc.array(fc.jsonValue()).map((values) => encodeText(JSON.stringify(['l', ...values]))),
    )
    fc.assert(
      fc.property(cursors, (cursor) => {
        for (const kind of ['time', 'text', 'position', 'uuid'] as const) {
          const [value] = decodeCursor('l', cursor, [kind]) ?? []
          if (value === undefined) continue
          expect(typeof value).toBe(kind === 'position' ? 'number' : 'string')
          expect(String(value)).not.toContain('\0')
          expect(/\p{Cs}/u.test(String(value))).toBe(false)
        }
      }),
    )
  })
})

describe('a time of RFC 3339', () => {
  it('exists when its calendar has it, whatever the year', () => {
    const times = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    fc.assert(fc.property(times, (time) => isInstant(time.toISOString())))
  })

  it('has no more digits than Postgres reads', () => {
    expect(isInstant('2026-01-01T00:00:00.123456789Z')).toBe(true)
    expect(isInstant(`2026-01-01T00:00:00.${'1'.repeat(200)}Z`)).toBe(false)
  })
})
