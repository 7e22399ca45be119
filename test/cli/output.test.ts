/** What reaches an admin's terminal: tables that align, and nothing that steers it. */
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOutput } from '../../cli/output/output.ts'
import { describeProgress } from '../../cli/output/progress-bar.ts'
import { painter, safeJson, safeText } from '../../cli/output/safe-text.ts'
import { cellOf, fittingColumns, renderTable, renderThing, valueAt } from '../../cli/output/table.ts'
import { pad, textWidth, truncate } from '../../cli/output/text-width.ts'
import { testTerminal } from './terminal.ts'

const plain = painter({ isTTY: false }, {})
/** Everything that could steer a terminal or turn text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const steering = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]/

describe('text from the server', () => {
  it.each([
    ['ESC sequences', '\u001b]0;owned\u0007', '\\u{1b}]0;owned\\u{7}'],
    ['the one-byte CSI', '\u009b2J', '\\u{9b}2J'],
    ['a carriage return that hides what stood before', 'root\rada', 'root\\rada'],
    ['line feeds that fake rows', 'a\nb', 'a\\nb'],
    ['backspaces', 'ab\b\bcd', 'ab\\u{8}\\u{8}cd'],
    ['overrides of direction', 'evil\u202egnp.exe', 'evil\\u{202e}gnp.exe'],
    ['isolates of direction', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
    ['invisible spaces', 'ad\u200bmin', 'ad\\u{200b}min'],
    ['half a surrogate pair', 'a\ud800b', 'a\\u{d800}b'],
    ['tags nobody sees', 'a\u{e0041}', 'a\\u{e0041}'],
  ])('shows %s instead of obeying', (_, text, shown) => {
    expect(safeText(text)).toBe(shown)
  })

  it('leaves names of the world alone', () => {
    for (const name of ['Zoë Ñandú', '山田太郎', 'محمد', 'עדה', '👩‍👩‍👧‍👦', '🏳️‍🌈', 'José', 'नमस्ते']) {
      expect(safeText(name)).toBe(name)
    }
  })

  it('never steers, whatever it is, in any format; JSON keeps its value', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 40 })
    fc.assert(
      fc.property(anything, anything, (name, value) => {
        expect(safeText(value)).not.toMatch(steering)
        const json = safeJson({ [name]: value })
        expect(json).not.toMatch(steering)
        expect(JSON.parse(json)).toEqual({ [name]: value })
        for (const format of ['table', 'json', 'ndjson'] as const) {
          const terminal = testTerminal({ isTTY: true, env: { NO_COLOR: '1' } })
          const output = createOutput(terminal, format, true)
          output.list([{ [name]: value, other: [value] }])
          output.thing({ [name]: value })
          output.note(value)
          const lines = `${terminal.printed.stdout}${terminal.printed.stderr}`
            .replaceAll('\n', '')
            .replaceAll('\t', '')
          expect(lines).not.toMatch(steering)
        }
      }),
      { numRuns: 40 },
    )
  }, 60_000)
})

describe('tables', () => {
  it('count columns as terminals do (UAX #11)', () => {
    expect(textWidth('abc')).toBe(3)
    expect(textWidth('山田')).toBe(4)
    expect(textWidth('e\u0301')).toBe(1)
    expect(textWidth('👩‍👩‍👧')).toBe(2)
    expect(textWidth('한글')).toBe(4)
    expect(pad('山', 4)).toBe('山  ')
    expect(truncate('山田太郎', 5)).toBe('山田…')
    expect(truncate('abc', 3)).toBe('abc')
  })

  it('align, cut to the terminal, and are whole in a pipe', () => {
    const items = [
      { id: '1', name: '山田太郎', tags: ['a', 'b'] },
      { id: '22', name: 'x'.repeat(60), tags: [] },
    ]
    const wide = renderTable(items, ['id', 'name', 'tags'], plain, undefined)
    expect(wide.split('\n')).toEqual([
      `ID  NAME${' '.repeat(56)}  TAGS`,
      `1   山田太郎${' '.repeat(52)}  a, b`,
      `22  ${'x'.repeat(60)}`,
    ])
    for (const line of renderTable(items, ['id', 'name', 'tags'], plain, 40).split('\n')) {
      expect(textWidth(line)).toBeLessThanOrEqual(40)
    }
  })

  it('that do not fit leave out what is empty, then ids with a name beside them, and nothing somebody chose', () => {
    const items = [
      { actor_id: 'a'.repeat(36), actor_name: 'ada', type: 'user.created', ip: '' },
      { actor_id: null, type: 'key.created', ip: null },
    ]
    const columns = ['actor_id', 'actor_name', 'type', 'ip']
    expect(fittingColumns(items, columns, undefined)).toEqual(columns)
    expect(fittingColumns(items, columns, 66)).toEqual(columns)
    expect(fittingColumns(items, columns, 62)).toEqual(['actor_id', 'actor_name', 'type'])
    expect(fittingColumns(items, columns, 40)).toEqual(['actor_name', 'type'])
    const nameless = [...items, { actor_id: 'b', type: 'x' }]
    expect(fittingColumns(nameless, columns, 40)).toEqual(['actor_id', 'actor_name', 'type'])

    const shownAt = (width: number, areChosen: boolean) => {
      const terminal = testTerminal({ isTTY: true, columns: width, env: { NO_COLOR: '1' } })
      createOutput(terminal, 'table', true).list(items, columns, areChosen)
      return terminal.printed
    }
    expect(shownAt(40, false)).toEqual({ stdout: expect.not.stringContaining('…'), stderr: '' })
    const chosen = shownAt(40, true)
    expect([chosen.stdout, chosen.stderr]).toEqual([
      expect.stringContaining('IP'),
      expect.stringContaining('Cut to the width'),
    ])
  })

  it('show nested and dotted fields', () => {
    expect(valueAt({ a: { b: 1 } }, 'a.b')).toBe(1)
    expect(valueAt({ 'admin.x': 2, admin: { x: 3 } }, 'admin.x')).toBe(2)
    expect(valueAt({}, 'constructor.name')).toBeUndefined()
    expect(cellOf({ a: '\u001b' })).toBe('{"a":"\\u001b"}')
    expect(renderThing({ a: 1, bcd: null }, plain)).toBe('a    1\nbcd')
    const nested = { id: 7, in: { x: 'y', z: {} }, days: [{ date: 'd', n: 1 }], none: [] }
    expect(renderThing(nested, plain)).toBe('id    7\nin.x  y\nin.z  {}\nnone\n\ndays\nDATE  N\nd     1')
  })
})

describe('colours', () => {
  it('are for terminals, unless NO_COLOR says no (no-color.org)', () => {
    const tty = { isTTY: true }
    expect(painter(tty, {})('bold', 'x')).not.toBe('x')
    expect(stripVTControlCharacters(painter(tty, {})('bold', 'x'))).toBe('x')
    expect(painter(tty, { NO_COLOR: '1' })('bold', 'x')).toBe('x')
    expect(painter(tty, { NO_COLOR: '' })('bold', 'x')).not.toBe('x')
    expect(painter(tty, { TERM: 'dumb' })('bold', 'x')).toBe('x')
    expect(painter({ isTTY: false }, {})('bold', 'x')).toBe('x')
  })
})

describe('progress', () => {
  it('says how far, how many failed and how long', () => {
    const half = { status: 'running', processed: 50, total: 100, failed: 2, eta_seconds: 9 }
    expect(describeProgress(half)).toBe(
      `running  [${'#'.repeat(14)}${'.'.repeat(14)}] 50%  50/100  2 failed  9 s left`,
    )
    expect(describeProgress({ status: 'queued', processed: 0, total: null, failed: 0 })).toBe('queued  0')
  })
})
