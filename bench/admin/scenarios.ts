/** What administrators do in the benchmark. Paths only: the SQL is whatever the operations send. */
import { encodeCursor } from '../../src/admin/page-cursor.ts'
import type { HttpRequest } from '../target.ts'
import type { AdminServer } from './admin-server.ts'

export type AdminGroup = 'Accounts' | 'Audit trail' | 'Mixed' | 'Writes'

export interface AdminScenario {
  readonly group: AdminGroup
  readonly title: string
  /** Each request may be sent once. */
  readonly once?: true
  /** Accepted statuses; default 200. */
  readonly status?: readonly number[]
  /** The requests of one run, without credentials. */
  requests(server: AdminServer, facts: AdminFacts): Promise<readonly AdminRequest[]>
}

export type AdminRequest = Pick<HttpRequest, 'method' | 'path'> & {
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** Things that exist, to ask for. */
export interface AdminFacts {
  readonly userIds: readonly string[]
  readonly usernames: readonly string[]
  readonly adminIds: readonly string[]
  /** People whose accounts were changed. */
  readonly changedIds: readonly string[]
  /** Cursors of the list of all people, in its default order. */
  readonly middleCursor: string
  readonly lastCursor: string
}

const get = (...paths: readonly string[]) => paths.map((path) => ({ method: 'GET' as const, path }))

const read = (
  group: AdminGroup,
  title: string,
  paths: (facts: AdminFacts) => readonly string[],
): AdminScenario => ({
  ...{ group, title },
  requests: async (_, facts) => get(...paths(facts)),
})

const list = (query: string) => `/admin/users?${query}`
const events = (query: string) => `/admin/audit/events?${query}`
const search = (query: string) => `/admin/audit/search?${query}`
/** A day somewhere in the trail. */
const day = (ago: number): string => {
  const at = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
  return `from=${at(ago)}&to=${at(ago - 1)}`
}
const daysAgo = [5, 100, 250]

const accounts: readonly AdminScenario[] = [
  read('Accounts', 'list, first page', () => [list('limit=50')]),
  read('Accounts', 'list, page in the middle', ({ middleCursor }) => [
    list(`limit=50&cursor=${middleCursor}`),
  ]),
  read('Accounts', 'list, last page', ({ lastCursor }) => [list(`limit=50&cursor=${lastCursor}`)]),
  read('Accounts', 'list by name', () => [list('sort=name'), list('sort=-name')]),
  read('Accounts', 'filter username', ({ usernames }) => usernames.map((name) => list(`username=${name}`))),
  read('Accounts', 'filter e-mail address', ({ usernames }) =>
    usernames.map((name) => list(`email=${name}@example.com`)),
  ),
  read('Accounts', 'filter phone number', ({ usernames }) =>
    usernames.map((_, index) => list(`phone_number=%2B49151${String(index * 3).padStart(8, '0')}`)),
  ),
  read('Accounts', 'filter status', () => [list('status=disabled'), list('status=active')]),
  read('Accounts', 'filter role', () => [list('role=admin')]),
  read('Accounts', 'filter claim (locale), by name', () => [
    list('locale=de&sort=name'),
    list('locale=fr&sort=name'),
  ]),
  read('Accounts', 'filter time of creation', () =>
    [30, 200, 700].map((days) =>
      list(`created_after=${new Date(Date.now() - days * 86_400_000).toISOString()}&sort=created_at`),
    ),
  ),
  read('Accounts', 'two filters (disabled, not verified)', () => [
    list('status=disabled&email_verified=false'),
  ]),
  read('Accounts', 'text search, rare', ({ usernames }) =>
    usernames.map((name) => list(`q=${name.slice(0, -1)}`)),
  ),
  read('Accounts', 'text search, two words', () => [list('q=ada%20lovel'), list('q=grace%20nova')]),
  read('Accounts', 'text search, frequent word', () => [list('q=example'), list('q=turing')]),
  read('Accounts', 'text search, nothing found', () => [list('q=zzzzyyyyxxxx')]),
  read('Accounts', 'one account', ({ userIds }) => userIds.map((id) => `/admin/users/${id}`)),
]

const audit: readonly AdminScenario[] = [
  read('Audit trail', 'newest events', () => [events('limit=50')]),
  read('Audit trail', 'events in the middle', () => [
    events(`cursor=${encodeCursor('audit:desc', [500_000])}`),
  ]),
  read('Audit trail', 'one person', ({ userIds }) => userIds.map((id) => `/admin/audit/users/${id}`)),
  read('Audit trail', 'one administrator', ({ adminIds }) =>
    adminIds.map((id) => `/admin/audit/admins/${id}`),
  ),
  read('Audit trail', 'filter type', () => [events('types=user.updated'), events('types=login.failed')]),
  read('Audit trail', 'filter client', () => [0, 61, 122].map((n) => events(`client_id=app-${n}`))),
  read('Audit trail', 'filter thing changed', ({ changedIds }) =>
    changedIds.map((id) => events(`entity_type=user&entity_id=${id}`)),
  ),
  read('Audit trail', 'filter outcome, oldest first', () => [events('outcome=failure&order=asc')]),
  read('Audit trail', 'filter address', () => [events('ip=198.51.17.167'), events('ip=198.51.42.0/24')]),
  read('Audit trail', 'filter a day', () => daysAgo.map((ago) => events(day(ago)))),
  read('Audit trail', 'filter families and a day', () =>
    daysAgo.map((ago) => events(`families=user,consent&${day(ago)}`)),
  ),
  read('Audit trail', 'search: an e-mail address, once in the trail', () =>
    [1015, 400_015, 900_015].map((n) => search(`q=a${n}%40new.example`)),
  ),
  read('Audit trail', 'search: a frequent word', () => [search('q=firefox'), search('q=refresh_token')]),
  read('Audit trail', 'search: frequent words, rarely together', () => [
    search('q=password%20198.51.8.58'),
    search('q=app-17%20198.51.17.217'),
  ]),
  read('Audit trail', 'search: a person, one type, one day', ({ userIds }) =>
    userIds.map((id, index) => search(`q=${id}&types=token.issued&${day(daysAgo[index % 3] as number)}`)),
  ),
  read('Audit trail', 'search: nothing found', () => [search('q=zzzzyyyyxxxx')]),
]

/** Every read above in turn: what a team at work looks like. */
const mixed: AdminScenario = {
  ...{ group: 'Mixed', title: 'all of the reads above in turn' },
  requests: async (server, facts) => {
    const lists = await Promise.all(reads.map((scenario) => scenario.requests(server, facts)))
    const longest = Math.max(...lists.map(({ length }) => length))
    return Array.from({ length: longest }, (_, turn) =>
      lists.map((list) => list[turn % list.length] as AdminRequest),
    ).flat()
  },
}

const writes: readonly AdminScenario[] = [
  {
    ...{ group: 'Writes', title: 'change an account, audit event included' },
    requests: async (_, { userIds }) =>
      userIds.map((id, index) => ({
        ...{ method: 'PATCH', path: `/admin/users/${id}`, headers: { 'if-match': '*' } },
        body: { profile: { nickname: `bench ${index}` } },
      })),
  },
  {
    ...{ group: 'Writes', title: 'create an account, audit event included', once: true, status: [201] },
    requests: async () => {
      // A name is taken once in all rounds.
      const round = crypto.randomUUID().slice(0, 8)
      return Array.from({ length: 20_000 }, (_, index) => ({
        ...{ method: 'POST', path: '/admin/users' },
        body: {
          ...{ username: `made.${round}.${index}`, email: `made.${round}.${index}@example.com` },
          ...{ profile: { name: `Made ${index}` }, setup: { method: 'none' } },
        },
      }))
    },
  },
]

const reads = [...accounts, ...audit]
export const scenarios: readonly AdminScenario[] = [...reads, mixed, ...writes]
