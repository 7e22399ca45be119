/** docs/security-profile.md answers every section that asks for something, and what shows an answer exists. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = 'docs/security-profile.md'
const text = readFileSync(join(root, page), 'utf8')

/** Statements per section: `<section>:<number of them>`. */
const asked = {
  'RFC 9700': `
    2.1:5 2.1.1:9 2.1.2:2 2.2.1:1 2.2.2:1 2.3:4 2.4:1 2.5:2 2.6:7 4.1.3:5 4.2.4:8 4.3.1:1 4.3.2:1 4.4.2:1
    4.4.2.1:1 4.4.2.2:1 4.5.3.1:1 4.5.3.2:1 4.6.1:1 4.7.1:3 4.8.2:3 4.9.3:3 4.10:1 4.10.1:1 4.10.2:1 4.11.1:1
    4.11.2:3 4.12:2 4.13:2 4.14.2:6 4.15.1:2 4.16:5 4.17.2:4`,
  'RFC 9207': '2:2 2.3:1 2.4:2 3:1 4:1',
  'RFC 10017': `
    6.1.3.1:1 6.2.2.3:1 6.2.3.1:1 6.3.2.1:1 6.3.2.2:1 6.3.2.3:4 6.3.3.1:2 6.3.3.2:2 6.3.3.2.1:2 6.3.3.3:1
    6.3.3.4:1 7.2:2 7.3:2 8:1 9.1:1 9.2:1 9.3:1`,
}

const expand = (numbers: string): readonly string[] =>
  numbers
    .trim()
    .split(/\s+/)
    .flatMap((part) => {
      const [section = '', count = ''] = part.split(':')
      return Array.from({ length: Number(count) }, (_, index) => `${section}-${index + 1}`)
    })

const rowsOf = (document: string) => {
  const [, part = ''] = text.split(`\n## ${document}:`)
  return [
    ...(part.split('\n## ')[0] ?? '').matchAll(/^\| ([\d.]+-\d+) *\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm),
  ].map(([, number = '', to = '', asks = '', answer = '', shown = '']) => ({
    ...{ document, number, to: to.trim(), asks: asks.trim(), answer: answer.trim(), shown: shown.trim() },
  }))
}
const documents = Object.keys(asked) as (keyof typeof asked)[]
const rows = documents.flatMap(rowsOf)
const gaps = text.slice(text.indexOf('## What is not done'), text.indexOf('\n## RFC 9700:'))

/** A file of tests, and the title of one in it. */
const proofs = [...text.matchAll(/`(test\/[\w./-]+)`: “([^”]+)”/g)].map(([, file = '', title = '']) => ({
  ...{ file, title },
}))

describe('docs/security-profile.md', () => {
  test.each(documents)('answers each statement of %s once, in order', (document) => {
    expect(rowsOf(document).map(({ number }) => number)).toEqual(expand(asked[document]))
  })

  test.each(rows)('$document §$number: an answer, with what shows it', ({ to, asks, answer, shown }) => {
    expect(to).toMatch(/^(AS|RS|client|operator)([,;] (AS|RS|client))*$/)
    expect(asks).not.toBe('')
    expect(['yes', 'partly', 'no', 'client', 'operator']).toContain(answer)
    if (answer === 'yes') expect(shown).toMatch(/`(test|src)\/|\d\.\d/)
    else expect(shown).not.toBe('')
  })

  test('says at its head what is not done or not whole', () => {
    const missing = rows.filter(
      ({ number, answer }) =>
        ['partly', 'no'].includes(answer) &&
        !new RegExp(`\\b${number.split('-')[0]?.replaceAll('.', '\\.')}(?![.\\d]\\d)`).test(gaps),
    )
    expect(missing.map(({ number }) => number)).toEqual([])
  })

  test('names tests that exist, each by file and title', () => {
    expect(proofs.length).toBeGreaterThan(80)
    // Nothing of a test that is named otherwise, and would not be looked at.
    expect(text.match(/`test\/[^`]*`/g)?.length).toBe(proofs.length + 1)
    const isThere = ({ file, title }: (typeof proofs)[number]): boolean => {
      if (!existsSync(join(root, file))) return false
      const source = readFileSync(join(root, file), 'utf8')
      return ["'", '`', '"'].some((quote) => source.includes(quote + title + quote))
    }
    expect(proofs.filter((proof) => !isThere(proof))).toEqual([])
  })

  test('names sources and pages that exist', () => {
    const sources = new Set(text.match(/(?<=`)src\/[\w./-]+(?=`)/g))
    expect(sources.size).toBeGreaterThan(5)
    expect([...sources].filter((file) => !existsSync(join(root, file)))).toEqual([])
    const links = [...text.matchAll(/\]\((?!https:)([^)#]+)\)/g)].map(([, path = '']) => path)
    expect(links.length).toBeGreaterThan(3)
    expect(links.filter((path) => !existsSync(join(root, dirname(page), path)))).toEqual([])
  })
})
