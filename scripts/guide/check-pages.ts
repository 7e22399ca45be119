/**
 * What the policy of the guide (`public/_headers`) would block, or what would tell somebody else that a page is read:
 * found when it is built, not when a reader misses it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const rules: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['an inline script', /<script(?![^>]*\bsrc=)[^>]*>/g],
  ['a style in an attribute', /<[^<>]*\sstyle="[^"]/g],
  ['a style element', /<style\b/g],
  ['a handler in an attribute', /<[^<>]*\son[a-z]+="/g],
  [
    'something from another site',
    /<(?:script|img|link|iframe|source|video|audio)\b[^>]*\s(?:src|href)="(?:https?:)?\/\/[^"]*/g,
  ],
]

/** @returns file, rule and place of each, for people */
export function findForbiddenParts(folder: string): readonly string[] {
  const pages = pagesOf(folder)
  return pages.flatMap((page) => {
    const html = readFileSync(join(folder, page), 'utf8')
    return rules.flatMap(([what, pattern]) =>
      [...html.matchAll(pattern)].map(([text]) => `${page}: ${what}: ${text.slice(0, 120)}`),
    )
  })
}

/**
 * Links of the site that lead nowhere: to a page that was not built, or to a heading that it has not.
 * @param base path of the site, with slashes around it
 */
export function findDeadLinks(folder: string, base: string): readonly string[] {
  const pages = new Map(pagesOf(folder).map((page) => [page, readFileSync(join(folder, page), 'utf8')]))
  const idsOf = (html: string) => new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id))
  const ids = new Map([...pages].map(([page, html]) => [page, idsOf(html)]))
  return [...pages].flatMap(([page, html]) =>
    [...html.matchAll(/<a\b[^>]*\shref="([^"]+)"/g)].flatMap(([, href = '']) => {
      const { origin, pathname, hash } = new URL(href, `https://guide.invalid${base}${page}`)
      if (origin !== 'https://guide.invalid' || !pathname.startsWith(base)) return []
      // A folder, for which public/_redirects has a rule.
      const target = pathname.slice(base.length).replace(/(?:^|(?<=\/))$/, 'index.html')
      const known = ids.get(target)
      const isThere = known !== undefined && (hash === '' || known.has(decodeURIComponent(hash.slice(1))))
      return isThere ? [] : [`${page}: ${href}`]
    }),
  )
}

function pagesOf(folder: string): readonly string[] {
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.html'),
  )
  if (pages.length === 0) throw new Error(`no page in ${folder}`)
  return pages
}
