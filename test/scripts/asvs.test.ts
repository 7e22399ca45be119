/** docs/asvs.md answers every requirement of OWASP ASVS 5.0.0 of levels 1 and 2 once, and what proves an answer exists. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = 'docs/asvs.md'
const text = readFileSync(join(root, page), 'utf8')

/** The numbers of the standard: `<chapter>.<section>:<requirements>`. */
const level1 = `
  1.2:1,2,3,4,5 1.3:1,2 1.5:1 2.1:1 2.2:1,2 2.3:1 3.2:1,2 3.3:1 3.4:1,2 3.5:1,2,3 4.1:1 4.4:1
  5.2:1,2 5.3:1,2 6.1:1 6.2:1,2,3,4,5,6,7,8 6.3:1,2 6.4:1,2 7.2:1,2,3,4 7.4:1,2 8.1:1 8.2:1,2
  8.3:1 9.1:1,2,3 9.2:1 10.4:1,2,3,4,5 11.3:1,2 11.4:1 12.1:1 12.2:1,2 13.4:1 14.2:1 14.3:1
  15.1:1 15.2:1 15.3:1
`
const level2 = `
  1.1:1,2 1.2:6,7,8,9 1.3:3,4,5,6,7,8,9,10,11 1.4:1,2,3 1.5:2 2.1:2,3 2.2:3 2.3:2,3,4 2.4:1
  3.3:2,3,4 3.4:3,4,5,6 3.5:4,5 3.7:1,2 4.1:2,3 4.2:1 4.3:1,2 4.4:2,3,4 5.1:1 5.2:3 5.4:1,2,3
  6.1:2,3 6.2:9,10,11,12 6.3:3,4 6.4:3,4 6.5:1,2,3,4,5 6.6:1,2,3 6.8:1,2,3,4 7.1:1,2,3 7.3:1,2
  7.4:3,4,5 7.5:1,2 7.6:1,2 8.1:2 8.2:3 8.4:1 9.2:2,3,4 10.1:1,2 10.2:1,2 10.3:1,2,3,4
  10.4:6,7,8,9,10,11 10.5:1,2,3,4,5 10.6:1,2 10.7:1,2,3 11.1:1,2 11.2:1,2,3 11.3:3 11.4:2,3,4
  11.5:1 11.6:1 12.1:2,3 12.3:1,2,3,4 13.1:1 13.2:1,2,3,4,5 13.3:1,2 13.4:2,3,4,5 14.1:1,2
  14.2:2,3,4 14.3:2,3 15.1:2,3 15.2:2,3 15.3:2,3,4,5,6,7 16.1:1 16.2:1,2,3,4,5 16.3:1,2,3,4
  16.4:1,2,3 16.5:1,2,3 17.1:1 17.2:1,2,3,4 17.3:1,2
`

const answers = ['yes', 'partly', 'gap', 'operator', 'platform']
const expand = (numbers: string): readonly string[] =>
  numbers
    .trim()
    .split(/\s+/)
    .flatMap((part) => {
      const [section = '', requirements = ''] = part.split(':')
      return requirements.split(',').map((requirement) => `${section}.${requirement}`)
    })

const [tables = '', rest = ''] = text.split('## What does not apply')
const rows = [...tables.matchAll(/^\| (\d+\.\d+\.\d+) *\| (\d) *\|([^|]*)\|([^|]*)\|(.*)\|$/gm)].map(
  ([, number = '', level = '', , answer = '', proof = '']) => ({
    ...{ number, level, answer: answer.trim(), proof: proof.trim() },
  }),
)
const notApplicable = rest.match(/\b\d+\.\d+\.\d+\b/g) ?? []
const gaps = text.slice(text.indexOf('## The gaps'), text.indexOf('## V1 '))

describe('docs/asvs.md', () => {
  test('answers every requirement of levels 1 and 2 once, at its level', () => {
    const all = [...rows.map(({ number }) => number), ...notApplicable]
    expect([...all].sort()).toEqual([...expand(level1), ...expand(level2)].sort())
    const first = new Set(expand(level1))
    expect(rows.filter(({ number, level }) => level !== (first.has(number) ? '1' : '2'))).toEqual([])
    expect(all.length).toBe(253)
  })

  test.each(rows)('$number: an answer, with what shows it', ({ answer, proof }) => {
    expect(answers).toContain(answer)
    expect(proof).not.toBe('')
    if (answer === 'yes')
      expect(proof).toMatch(/`(?:test|security|scripts|src)\/|`package-lock|`\.github|\]\(/)
  })

  test('names files that exist: tests, rules, sources', () => {
    const named = new Set(text.match(/(?<=`)[\w.-]*\/?[\w./-]+\.(?:tsx?|ya?ml|json)(?=`)/g))
    expect(named.size).toBeGreaterThan(80)
    expect([...named].filter((file) => !existsSync(join(root, file)))).toEqual([])
  })

  test('links to pages and headings that exist', () => {
    const links = [...text.matchAll(/\]\((?!https:)([^)#]*)(?:#([^)]*))?\)/g)]
    expect(links.length).toBeGreaterThan(20)
    const broken = links.filter(([, path = '', heading]) => {
      const file = join(root, dirname(page), path)
      if (!existsSync(file)) return true
      return heading !== undefined && !headingsOf(readFileSync(file, 'utf8')).has(heading)
    })
    expect(broken.map(([link]) => link)).toEqual([])
  })

  test('says every gap at its head', () => {
    const named = new Set(gaps.match(/\d+\.\d+\.\d+/g))
    const missing = rows.filter(({ number, answer }) => answer === 'gap' && !named.has(number))
    expect(missing.map(({ number }) => number)).toEqual([])
  })
})

/** As GitHub makes them: lower case, without punctuation, with hyphens. */
const headingsOf = (markdown: string): ReadonlySet<string> =>
  new Set(
    [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    ),
  )
