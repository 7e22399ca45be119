/** The navigation: pages by what a reader does. Titles are those of the pages; a page of a listed folder needs no line. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { checks, readQuickstart } from '../../scripts/docs/quickstart.ts'

export type Group = {
  readonly title: string
  /** Of whom asks: what they find here. */
  readonly words: string
  /** Paths below docs/ without `.md`; `folder/*` is all of a folder, its README or index first. */
  readonly pages: readonly string[]
  readonly isOpen?: boolean
}

export const groups: readonly Group[] = [
  {
    title: 'Start',
    words: 'From nothing to a signed-in person',
    pages: ['guide/start', 'presets', 'guide/localhost', 'glossary'],
    isOpen: true,
  },
  {
    title: 'Quickstarts',
    words: 'For your framework; the main ones executed by a test',
    pages: ['quickstarts/*'],
    isOpen: true,
  },
  {
    title: 'Guide',
    words: 'What an application developer should know',
    pages: [
      ...['guide/tokens-and-claims', 'guide/sessions-and-logout', 'guide/scopes-and-consent'],
      ...['guide/first-party-apps', 'guide/testing', 'guide/going-to-production', 'guide/upgrading'],
      'guide/cost',
    ],
    isOpen: true,
  },
  {
    title: 'Administration',
    words: 'People, applications, rules and looks',
    pages: [
      ...['cli', 'admin-api', 'admin-users', 'admin-clients', 'admin-security', 'bulk', 'import'],
      ...['import-from-other-systems', 'branding', 'account', 'registration', 'recovery', 'sign-in-policy'],
      ...[
        'passwords',
        'passkeys',
        'one-time-passwords',
        'audit',
        'audit-stream',
        'webhooks',
        'webhook-events',
      ],
    ],
  },
  {
    title: 'Protocol',
    words: 'OAuth and OpenID Connect in detail',
    pages: [
      ...['sign-in', 'authorization-requests', 'authorization-details', 'claims', 'logout', 'profiles'],
      ...['sender-constrained-tokens', 'signing-and-encryption', 'client-registration', 'client-libraries'],
      ...['conformance', 'security-profile'],
    ],
  },
  {
    title: 'Operations',
    words: 'Deploying, watching, mending',
    pages: [
      ...[
        'deployment',
        'delivery',
        'observability',
        'log',
        'metrics',
        'runbooks/*',
        'performance',
        'load',
        'cost',
      ],
      ...['threat-model', 'asvs'],
    ],
  },
  {
    title: 'Reference',
    words: 'Generated from the code',
    pages: ['endpoints', 'configuration', 'audit-events', 'io-budgets', 'generated-clients'],
  },
  {
    title: 'Project',
    words: 'How it is built, and why',
    pages: ['architecture', 'development', 'heavy-suites'],
  },
  { title: 'Decisions', words: 'Questions, answers, and their cost', pages: ['decisions/*'] },
]

const isFirst = (name: string) => name === 'README' || name === 'index'

const isQuickstart = (page: string) => page.startsWith('quickstarts/') && !isFirst(basename(page))

const textOf = (docs: string, page: string) => readFileSync(join(docs, `${page}.md`), 'utf8')

/**
 * A quickstart goes by the name of its framework, which a reader looks for.
 * @param docs the folder
 */
export function titleOf(docs: string, page: string): string {
  if (isQuickstart(page)) return readQuickstart(textOf(docs, page)).title
  const heading = /^# (.+)$/m.exec(textOf(docs, page))?.[1]
  if (heading === undefined) throw new Error(`docs/${page}.md has no heading`)
  return heading.replaceAll('`', '')
}

/** Quickstarts that are executed come first. */
function rankOf(docs: string, page: string): number {
  if (isFirst(basename(page))) return -1
  return isQuickstart(page) ? checks.indexOf(readQuickstart(textOf(docs, page)).checked) : 0
}

/** The pages of a group, folders listed. */
export function pagesOf(docs: string, { pages }: Group): readonly string[] {
  return pages.flatMap((page) => {
    if (!page.endsWith('/*')) return [page]
    const folder = page.slice(0, -2)
    if (!existsSync(join(docs, folder))) return []
    return readdirSync(join(docs, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${basename(name, '.md')}`)
      .sort((left, right) => rankOf(docs, left) - rankOf(docs, right) || (left < right ? -1 : 1))
  })
}

export type Section = {
  readonly title: string
  readonly words: string
  readonly isOpen: boolean
  readonly pages: readonly { readonly path: string; readonly title: string }[]
}

/** What the sidebar and the first page show: groups that have pages. */
export const sections = (docs: string): readonly Section[] =>
  groups
    .map((group) => ({
      ...{ title: group.title, words: group.words, isOpen: group.isOpen === true },
      pages: pagesOf(docs, group).map((path) => ({ path, title: titleOf(docs, path) })),
    }))
    .filter(({ pages }) => pages.length > 0)

/** One sidebar for all pages; a folder that is one of several parts of a group is folded. */
export const sidebar = (docs: string) =>
  sections(docs).map(({ title, isOpen, pages }) => ({
    text: title,
    collapsed: !isOpen,
    items: nest(pages).map(({ path, title: text, under }) => ({
      ...{ text, link: `/${path}` },
      ...(under.length === 0
        ? {}
        : { collapsed: true, items: under.map((page) => ({ text: page.title, link: `/${page.path}` })) }),
    })),
  }))

type Page = Section['pages'][number]

/** Pages of a folder below its README, unless the group is that folder. */
function nest(pages: readonly Page[]): readonly (Page & { under: readonly Page[] })[] {
  const folderOf = ({ path }: Page) => path.slice(0, path.lastIndexOf('/') + 1)
  const isWhole = new Set(pages.map(folderOf)).size === 1
  const readmes = isWhole ? [] : pages.filter(({ path }) => path.endsWith('/README'))
  const isUnder = (page: Page) =>
    readmes.some((readme) => readme !== page && folderOf(readme) === folderOf(page))
  return pages
    .filter((page) => !isUnder(page))
    .map((page) => ({
      ...page,
      under: readmes.includes(page)
        ? pages.filter((each) => each !== page && folderOf(each) === folderOf(page))
        : [],
    }))
}
