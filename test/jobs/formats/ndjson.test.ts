import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type InputBounds, InputRefusal, inputBounds } from '../../../src/jobs/formats/input-row.ts'
import { createNdjsonReader } from '../../../src/jobs/formats/ndjson-reader.ts'
import { createRowWriter, csvLine } from '../../../src/jobs/formats/row-writers.ts'

const encoder = new TextEncoder()

function read(text: string | Uint8Array, size = 5, bounds: Partial<InputBounds> = {}) {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text
  const reader = createNdjsonReader({ ...inputBounds, ...bounds })
  const rows = []
  for (let at = 0; at < bytes.length; at += size) rows.push(...reader.push(bytes.subarray(at, at + size)))
  return [...rows, ...reader.end()]
}

describe('reading JSON lines', () => {
  test('reads one object per line, CRLF and blank lines included', () => {
    expect(read('{"a":1}\r\n\n{"b":"ü"}')).toEqual([
      { line: 1, values: { a: 1 } },
      { line: 3, values: { b: 'ü' } },
    ])
  })

  test.each([
    ['not JSON', '{"a":1}\n{a}', {}, 'json_invalid', 2],
    ['an array', '[1]', {}, 'json_not_object', 1],
    ['null', 'null', {}, 'json_not_object', 1],
    ['deep nesting', `{"a":${'['.repeat(2000)}`, {}, 'json_too_deep', 1],
    ['a line without end', `{"a":"${'x'.repeat(300)}`, { rowLength: 100 }, 'line_too_long', 1],
    ['too many members', '{"a":1,"b":2,"c":3}', { columns: 2 }, 'too_many_columns', 1],
    ['too many rows', '{}\n{}\n{}\n', { rows: 2 }, 'too_many_rows', 3],
    ['Latin-1', new Uint8Array([0x7b, 0xfc, 0x7d]), {}, 'encoding_not_utf8', 1],
  ])('refuses %s and says where', (_, text, bounds, code, line) => {
    let refusal: unknown
    try {
      read(text, 5, bounds)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(InputRefusal)
    expect(refusal).toMatchObject({ code, line })
  })

  test.each([
    [
      '{"a":"secret-of-a',
      'the line ends inside its JSON; each object must be complete, and stand on one line',
    ],
    ['{\n"a":1\n}', 'the line ends inside its JSON; each object must be complete, and stand on one line'],
    ['[{"a":1}]', 'this is a JSON array; send one object per line, without brackets and commas around them'],
    ['email\nada@example.com', 'this line is not JSON: it does not begin with {'],
    ['{"a":1,}', 'this line is not JSON from column 8 on'],
    ['{"a":secret}', 'this line is not JSON'],
  ])('names what is wrong with %j, and quotes nothing of it', (text, detail) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ message: detail, line: 1 }))
  })

  test('brackets inside text do not count as nesting', () => {
    expect(read(`{"a":"${'[{\\"'.repeat(50)}"}`)).toHaveLength(1)
  })

  test('any rows come back as they were written, in whatever pieces they arrive', () => {
    const row = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 })
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 1, max: 9 }), (rows, size) => {
        const plain = JSON.parse(JSON.stringify(rows).replaceAll('\\u0000', '')) as typeof rows
        const text = createRowWriter('ndjson', []).rows(plain)
        expect(read(text, size).map(({ values }) => values)).toEqual(plain)
      }),
    )
  })
})

describe('what other readers end lines at', () => {
  const separators = 'a\v\f\x1c\x1d\x1e\x85\u2028\u2029z'

  test('stands escaped in JSON lines, and comes back', () => {
    const text = createRowWriter('ndjson', []).rows([{ name: separators }])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text.trimEnd()).not.toMatch(/[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/)
    expect(read(text).map(({ values }) => values)).toEqual([{ name: separators }])
  })

  test('ends no line of ours, wherever it stands', () => {
    expect(read(`{"name":"${'\x85\u2028\u2029'}"}\n{"b":1}`)).toHaveLength(2)
  })

  test.each([...separators.slice(1, -1)])('is quoted in CSV (%j)', (separator) => {
    expect(csvLine([`a${separator}b`])).toBe(`"a${separator}b"\r\n`)
  })
})

describe('writing a JSON array', () => {
  test.each([0, 1, 3])('of %i rows is JSON, also when another writer goes on', (count) => {
    const rows = Array.from({ length: count }, (_, index) => ({ index }))
    const first = createRowWriter('json', [])
    let text = first.start() + first.rows(rows)
    const second = createRowWriter('json', [], first.isFirst)
    text += second.rows([{ index: -1 }]) + second.end()
    expect(JSON.parse(text)).toEqual([...rows, { index: -1 }])
  })
})
