import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCsvReader } from '../../../src/jobs/formats/csv-reader.ts'
import { type InputBounds, InputRefusal, inputBounds } from '../../../src/jobs/formats/input-row.ts'
import { createRowWriter, csvLine } from '../../../src/jobs/formats/row-writers.ts'

const known = new Set(['a', 'b', 'c', 'email'])
const encoder = new TextEncoder()

/** Reads `text` in pieces of `size` bytes. */
function read(text: string | Uint8Array, size = Number.POSITIVE_INFINITY, bounds: Partial<InputBounds> = {}) {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text
  const reader = createCsvReader(known, { ...inputBounds, ...bounds })
  const rows = []
  for (let at = 0; at < bytes.length; at += size) rows.push(...reader.push(bytes.subarray(at, at + size)))
  rows.push(...reader.end())
  return { rows, columns: reader.columns }
}

function refusalOf(text: string | Uint8Array, bounds: Partial<InputBounds> = {}) {
  try {
    read(text, 7, bounds)
  } catch (error) {
    if (error instanceof InputRefusal) return { code: error.code, line: error.line }
    throw error
  }
  return undefined
}

describe('reading CSV', () => {
  test('reads quoted fields, doubled quotes, commas and line breaks inside them (RFC 4180 §2)', () => {
    const { rows, columns } = read('a,b\r\n"x, ""y""\r\nz",2\r\n3,\r\n')
    expect(columns).toEqual(['a', 'b'])
    expect(rows).toEqual([
      { line: 2, values: { a: 'x, "y"\r\nz', b: '2' } },
      { line: 4, values: { a: '3' } },
    ])
  })

  test('accepts LF, a byte order mark, blank lines and a missing last line end', () => {
    expect(read('\ufeffa,b\n1,2\n\n3,4').rows).toEqual([
      { line: 2, values: { a: '1', b: '2' } },
      { line: 4, values: { a: '3', b: '4' } },
    ])
  })

  test.each(['a,b\r\n1,2\r\n,\r\n,\r\n', 'a,b\n,,,\n1,2\n,', ',,\na,b\n1,2\n'])(
    'skips the rows of commas that spreadsheets write around the filled ones: %j',
    (text) => {
      expect(read(text, 3).rows.map(({ values }) => values)).toEqual([{ a: '1', b: '2' }])
    },
  )

  test('counts lines over skipped rows, and keeps a row of quoted empty fields', () => {
    expect(read('a,b\n,\n"",""\n').rows).toEqual([{ line: 3, values: {} }])
  })

  test('bounds skipped rows too', () => {
    expect(refusalOf(`a\n${','.repeat(100)}`)).toMatchObject({ code: 'too_many_columns' })
  })

  test('skips columns of our own notes', () => {
    expect(read('a,_line,_errors\n1,7,bad\n').rows).toEqual([{ line: 2, values: { a: '1' } }])
  })

  test.each([
    ['UTF-16 with a byte order mark', new Uint8Array([0xff, 0xfe, 0x61, 0]), 'encoding_not_utf8', 1],
    ['UTF-16 without one', new Uint8Array([0x61, 0, 0x0a, 0]), 'encoding_not_utf8', 1],
    ['Latin-1', new Uint8Array([0x61, 0x0a, 0x4d, 0xfc, 0x0a]), 'encoding_not_utf8', 1],
    ['half a character at the end', new Uint8Array([0x61, 0x0a, 0xc3]), 'encoding_not_utf8', 2],
    ['gzip', new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), 'not_text', 1],
    ['a quote that never closes', 'a\n"x\ny\n', 'quote_unclosed', 2],
    ['a quote inside a plain field', 'a\nx"y\n', 'quote_misplaced', 2],
    ['text after a closing quote', 'a\n"x"y\n', 'quote_misplaced', 2],
    ['a bare CR', 'a\rb\n', 'line_ending_bare_cr', 1],
    ['too few fields', 'a,b\n1,2\n1\n', 'column_count_differs', 3],
    ['too many fields', 'a,b\n1,2,3\n', 'column_count_differs', 2],
    ['an unknown column', 'a,password_hsh\n', 'column_unknown', 1],
    ['semicolons', 'a;b\n1;2\n', 'separator_differs', 1],
    ['the separator line of Excel', 'sep=;\na;b\n', 'header_missing', 1],
    ['columns without a name', 'a,,\n1,,\n', 'column_unnamed', 1],
    ['JSON lines', '{"a":1}\n', 'format_differs', 1],
    ['a column twice', 'a,a\n', 'column_duplicate', 1],
    ['nothing at all', '', 'header_missing', 1],
  ])('refuses %s and says where', (_, text, code, line) => {
    expect(refusalOf(text)).toMatchObject({ code })
    if (code !== 'encoding_not_utf8') expect(refusalOf(text)).toEqual({ code, line })
  })

  test.each([
    ['a billion columns', `${'a,'.repeat(100)}`, { columns: 10 }, 'too_many_columns'],
    ['columns beyond the header', `a\n1${','.repeat(100)}`, {}, 'column_count_differs'],
    ['a field without end', `a\n"${'x'.repeat(200)}`, { fieldLength: 100 }, 'field_too_long'],
    ['a row without end', `a,b,c\n${'x'.repeat(40)},${'x'.repeat(40)},`, { rowLength: 60 }, 'line_too_long'],
    ['too many rows', 'a\n1\n2\n3\n', { rows: 2 }, 'too_many_rows'],
    ['too many bytes', 'a\n1\n2\n3\n', { totalBytes: 5 }, 'too_many_bytes'],
  ])('stops at %s before it is held', (_, text, bounds, code) => {
    expect(refusalOf(text, bounds)).toMatchObject({ code })
  })

  test('any rows come back as they were written, in whatever pieces they arrive', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
      fc.string({
        unit: fc.constantFrom('"', ',', '\r\n', '\n', "'", '=', '+', '-', '@', '\t', 'x', 'ü', '😀'),
      }),
    )
    const row = fc.record({ a: cell, b: cell, c: cell })
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 1, max: 9 }), (rows, size) => {
        const writer = createRowWriter('csv', ['a', 'b', 'c'])
        const text = writer.start() + writer.rows(rows) + writer.end()
        const expected = rows
          .map((each) => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== '')))
          // Written as commas only, which reads as a blank line.
          .filter((each) => Object.keys(each).length > 0)
        expect(read(text, size).rows.map(({ values }) => values)).toEqual(expected)
      }),
    )
  })

  test('any bytes are read or refused, never more', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (bytes, size) => {
        try {
          read(bytes, size)
        } catch (error) {
          expect(error).toBeInstanceOf(InputRefusal)
        }
      }),
    )
  })
})

describe('a refusal names what is wrong', () => {
  const detailOf = (text: string | Uint8Array, size = 7) => {
    try {
      read(text, size)
    } catch (error) {
      const { line, message } = error as InputRefusal
      return `${line}: ${message}`
    }
    return undefined
  }
  const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

  test.each([
    ['a,a\n', '1: columns 1 and 2 are both "a"'],
    ['a,email,,\n', '1: column 3 has no name; name or remove it'],
    ['a, Email\n', '1: column 2: no such column: " Email"; write "email"'],
    ['"a";"b"\n', '1: column 1: a closing quote is followed by ";", not by a comma or the end of the line'],
    ['a\tb\n', '1: columns are separated by commas here, not by tabs'],
    [
      'a,email\n1,"x" y\n',
      '2: column 2 ("email"): a closing quote is followed by " ", not by a comma or the end of the line',
    ],
    ['a,email\n1,"x\n', '2: column 2 ("email"): this quote is never closed'],
    ['[\n{"a":1}]', '1: this is JSON, but was sent as CSV; send one object per line as application/x-ndjson'],
  ])('%j', (text, detail) => {
    expect(detailOf(text)).toBe(detail)
  })

  test.each([1, 5, 1000])('the line of bytes that are not UTF-8, in pieces of %i bytes', (size) => {
    const latin = bytes('a\nx\ny\nM\xfcller\nz\n')
    expect(detailOf(latin, size)).toMatch(/^4: .*Windows-1252/)
    const mixed = new Uint8Array([...encoder.encode('a\nü\n'), ...latin.subarray(2)])
    expect(detailOf(mixed, size)).toMatch(/^5: /)
  })

  test.each([
    ['a ZIP archive', 'PK\x03\x04\x14\0\0\0'],
    ['a gzip archive', '\x1f\x8b\x08\0'],
    ['an xz archive', '\xfd7zXZ\0'],
    ['a tar archive', `${'people.csv'.padEnd(257, '\0')}ustar`],
    ['a workbook of an old Excel', '\xd0\xcf\x11\xe0\xa1'],
  ])('%s', (name, text) => {
    for (const size of [1, 1000]) expect(detailOf(bytes(text), size)).toContain(`1: this is ${name}`)
  })
})

describe('writing CSV', () => {
  test.each(['=1+1', '+49', '-1', '@SUM(A1)', '\tx', '\rx', '＝1'])('makes %j harmless', (formula) => {
    const line = csvLine([formula])
    expect(line.replace(/^"/, '')).toMatch(/^'/)
  })

  test('a value that begins with an apostrophe survives', () => {
    expect(read(`a\n${csvLine(["'=x"])}`).rows[0]?.values).toEqual({ a: "'=x" })
    expect(csvLine(["'tis"])).toBe("''tis\r\n")
  })
})
