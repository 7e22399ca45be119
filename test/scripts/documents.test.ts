/** What the documents point to is there: a reader who follows a link or a path must not end nowhere. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { anchorOf } from '../../docs/.vitepress/anchor.ts'
import { groups, pagesOf, sections } from '../../docs/.vitepress/navigation.ts'
import { message, table } from '../../scripts/docs/markdown.ts'
import {
  absentSeconds,
  freshSeconds,
  replicaTrustedSeconds,
  staleIfErrorSeconds,
  stalenessBoundSeconds,
  staleWhileRevalidateSeconds,
} from '../../src/edge-cache/edge-cache.ts'

const documents = ['README.md', 'SECURITY.md', ...globSync('docs/**/*.md')]
const sources = globSync(
  '{src,cli,drizzle,scripts,test,bench,load,sdk/*/*/src,docs/.vitepress}/**/*.{ts,tsx,mjs,sql}',
)
const isOldDecision = (document: string) => /decisions.00[0-2]/.test(document)
/** They name files and commands of the reader's own project; test/quickstarts/ follows them. */
const isQuickstart = (document: string) => document.startsWith('docs/quickstarts/')
const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts as Record<string, string>

describe.each(documents)('%s', (document) => {
  const text = readFileSync(document, 'utf8')

  test('links to files and headings that exist', () => {
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? document : join(dirname(document), path)
      expect(existsSync(file), `${target} is not there`).toBe(true)
      if (anchor === undefined) continue
      const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
        anchorOf(text),
      )
      expect(headings).toContain(anchor)
    }
  })

  test.skipIf(isQuickstart(document))('names source paths that exist', () => {
    for (const [, path = ''] of text.matchAll(
      /`((?:src|test|scripts|bench|load|drizzle|\.github|\.ci)\/[^`*<\s]*)`/g,
    )) {
      expect(existsSync(path), `${path} is not there`).toBe(true)
    }
  })

  // Older decisions are history: they name the files of their time.
  test.skipIf(isOldDecision(document) || isQuickstart(document))(
    'names files that exist, also where it leaves out their folder',
    () => {
      for (const [, name = ''] of text.matchAll(/`(\w[^`*<\s]*\.(?:tsx?|mjs|sql))`/g)) {
        expect(
          sources.some((file) => `/${file}`.endsWith(`/${name}`)),
          `${name} is not there`,
        ).toBe(true)
      }
    },
  )

  test.skipIf(isQuickstart(document))('names npm scripts that exist', () => {
    for (const [, name = ''] of text.matchAll(/npm run ([a-z0-9:-]+)/g)) expect(scripts).toHaveProperty(name)
  })
})

describe('the navigation of the site', () => {
  const listed = groups.flatMap((group) => pagesOf('docs', group))

  test('has every page once (docs/.vitepress/navigation.ts)', () => {
    const pages = globSync('docs/**/*.md')
      .map((file) => file.slice('docs/'.length, -'.md'.length))
      .filter((page) => page !== 'index')
    expect(listed.filter((page, index) => listed.indexOf(page) !== index)).toEqual([])
    expect(pages.filter((page) => !listed.includes(page))).toEqual([])
    expect(listed.filter((page) => !pages.includes(page))).toEqual([])
  })

  test('names a quickstart as its framework, those that are executed first', () => {
    const { pages = [] } = sections('docs').find(({ title }) => title === 'Quickstarts') ?? {}
    const titles = pages.map(({ title }) => title)
    expect(titles.slice(0, 3)).toEqual(['Quickstarts', 'Express', 'FastAPI'])
    expect(titles.indexOf('React')).toBeLessThan(titles.indexOf('Spring Boot'))
    expect(titles.indexOf('Spring Boot')).toBeLessThan(titles.indexOf('Android'))
  })

  test('lists a folder by itself, its README first', () => {
    const runbooks = listed.filter((page) => page.startsWith('runbooks/'))
    expect(runbooks[0]).toBe('runbooks/README')
    expect(listed.find((page) => page.startsWith('quickstarts/'))).toBe('quickstarts/index')
    expect(runbooks.length).toBe(globSync('docs/runbooks/*.md').length)
  })
})

describe('docs/architecture.md', () => {
  test('states the bounds of the edge cache as the code has them', () => {
    const text = readFileSync('docs/architecture.md', 'utf8').replaceAll(/\s+/g, ' ')
    expect(text).toContain(`everywhere after at most ${stalenessBoundSeconds} s`)
    expect(text).toContain(`its own region after at most ${staleWhileRevalidateSeconds} s`)
    expect(text).toContain(`| memory | ${freshSeconds} s | until ${staleWhileRevalidateSeconds} s it still`)
    expect(text).toContain(`| replica | ${replicaTrustedSeconds} s after`)
    expect(text).toContain(`| absence (no such client) | ${absentSeconds} s |`)
    expect(text).toContain(`| any copy, Postgres unavailable | ${staleIfErrorSeconds / 3600} h |`)
  })
})

describe('generated tables', () => {
  test('keep pipes and line breaks in a cell from breaking the row', () => {
    expect(table(['a', 'b'], [['x | y', 'one\ntwo']])).toBe('| a | b |\n| --- | --- |\n| x \\| y | one two |')
  })

  test.each([
    [600, '10 min'],
    [86_400, '1 d'],
    [5400, '90 min'],
    [30, undefined],
  ])('say %i seconds in words when that is exact', (seconds, words) => {
    expect(message(seconds)).toBe(words)
  })
})
