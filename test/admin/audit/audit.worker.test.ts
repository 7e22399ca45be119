import { createExecutionContext, env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { createEvent } from '../../../src/audit/create-event.ts'
import type { AuditEvent, AuditEventType } from '../../../src/audit/event.ts'
import { insertEvents } from '../../../src/audit/insert-events.store.ts'
import { splitTerms } from '../../../src/audit/search/event-query.store.ts'
import { createScheduledNeeds } from '../../../src/cron-entry.ts'
import { openCheckpoint } from '../../../src/evidence/format/checkpoint.ts'
import { evidenceEventSchema, leafOf } from '../../../src/evidence/format/evidence-event.ts'
import { verifyInclusion } from '../../../src/evidence/format/merkle-tree.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'
import { addAdmin, callAdmin, type TestActor } from '../../worker/admin-client.ts'

const user = uuidv7()
const word = `w${uuidv7().replaceAll('-', '')}`
const day = 86_400_000
let admin: TestActor
let events: readonly AuditEvent[]

const event = (
  type: AuditEventType,
  at: number,
  ip: string,
  details: Partial<Parameters<typeof createEvent>[3]> = {},
): AuditEvent =>
  createEvent(
    type,
    at,
    { ip, user_agent: 'Firefox/140.0', request_id: `req-${word}-${ip}` },
    {
      outcome: 'success',
      actor_type: 'user',
      actor_id: user,
      user_id: user,
      session_id: `s-${word}`,
      ...details,
    },
  )

beforeAll(async () => {
  admin = await addAdmin()
  const now = Date.now()
  events = [
    event('session.created', now - 90 * day, '192.0.2.1', { data: { amr: [word] } }),
    event('login.failed', now - 40 * day, '192.0.2.200', {
      outcome: 'failure',
      actor_type: 'anonymous',
      actor_id: undefined,
    }),
    event('session.created', now - 2 * day, '198.51.100.7'),
    event('client.updated', now - day, '2001:db8::7', {
      user_id: undefined,
      entity_type: 'client',
      entity_id: `c-${word}`,
    }),
    event('session.ended', now, '192.0.2.1', { data: { reason: `${word} O'Neil \\ "x"` } }),
  ]
  for (const each of events) await testDatabase().execute(insertEvents([each]))
})

interface Page {
  readonly items: readonly { readonly id: string; readonly position: number }[]
  readonly page_info: { has_next_page: boolean; next_cursor: string | null; total_count?: number }
}

async function list(query: Record<string, string>, path = '/admin/audit/events'): Promise<Page> {
  const response = await callAdmin(admin, 'GET', `${path}?${new URLSearchParams(query)}`)
  expect(response.status, await response.clone().text()).toBe(200)
  return response.json()
}

/** Numbers of the events above that a query finds, newest first. */
const found = async (query: Record<string, string>, path?: string) =>
  (await list(query, path)).items.map(({ id }) => events.findIndex((each) => each.id === id))

const iso = (daysAgo: number) => new Date(Date.now() - daysAgo * day).toISOString()

describe('the list of events', () => {
  it('filters by every field, alone and together', async () => {
    expect(await found({ user_id: user })).toEqual([4, 2, 1, 0])
    expect(await found({ actor_id: user })).toEqual([4, 3, 2, 0])
    expect(await found({ entity_type: 'client', entity_id: `c-${word}` })).toEqual([3])
    expect(await found({ session_id: `s-${word}` })).toEqual([4, 3, 2, 1, 0])
    expect(await found({ request_id: `req-${word}-192.0.2.1` })).toEqual([4, 0])
    expect(await found({ user_id: user, types: 'session.created,login.failed' })).toEqual([2, 1, 0])
    expect(await found({ user_id: user, families: 'session' })).toEqual([4, 2, 0])
    expect(await found({ user_id: user, outcome: 'failure' })).toEqual([1])
    expect(await found({ user_id: user, actor_type: 'anonymous' })).toEqual([1])
    expect(await found({ session_id: `s-${word}`, ip: '192.0.2.1' })).toEqual([4, 0])
    expect(await found({ session_id: `s-${word}`, ip: '192.0.2.0/24' })).toEqual([4, 1, 0])
    expect(await found({ session_id: `s-${word}`, ip: '2001:db8::/32' })).toEqual([3])
    expect(await found({ client_id: `c-${word}` })).toEqual([])
  })

  it('knows times, short and long', async () => {
    expect(await found({ user_id: user, from: iso(3) })).toEqual([4, 2])
    expect(await found({ user_id: user, from: iso(3), to: iso(1) })).toEqual([2])
    expect(await found({ user_id: user, from: iso(100), to: iso(1) })).toEqual([2, 1, 0])
    expect(await found({ user_id: user, to: iso(50) })).toEqual([0])
    expect(await found({ user_id: user, from: '1990-01-01T00:00:00Z' })).toEqual([4, 2, 1, 0])
    expect(await found({ user_id: user, from: iso(1), to: iso(2) })).toEqual([])
  })

  it('goes page by page in both directions, and counts', async () => {
    for (const filter of [{ user_id: user }, { user_id: user, actor_type: 'user' }]) {
      for (const order of ['asc', 'desc'] as const) {
        const all = (await list({ ...filter, order, include_total: 'true' })).items
        const ids: string[] = []
        let cursor: string | null = ''
        while (cursor !== null) {
          const page: Page = await list({
            ...filter,
            order,
            limit: '2',
            include_total: 'true',
            ...(cursor && { cursor }),
          })
          ids.push(...page.items.map(({ id }) => id))
          expect(page.page_info.total_count).toBe(all.length)
          cursor = page.page_info.next_cursor
        }
        expect(ids).toEqual(all.map(({ id }) => id))
        const positions = all.map(({ position }) => position)
        expect(positions).toEqual(positions.toSorted((a, b) => (order === 'asc' ? a - b : b - a)))
      }
    }
  })

  it('refuses the cursor of another list', async () => {
    const { page_info } = await list({ user_id: user, limit: '1', order: 'asc' })
    const refused = await callAdmin(admin, 'GET', `/admin/audit/events?cursor=${page_info.next_cursor}`)
    expect(refused.status).toBe(400)
  })

  it('shows what concerns a person and what an administrator did', async () => {
    expect(await found({}, `/admin/audit/users/${user}`)).toEqual([4, 2, 1, 0])
    expect(await found({ families: 'client' }, `/admin/audit/admins/${user}`)).toEqual([3])
  })
})

describe('the search', () => {
  it('finds words in data, ids and browsers, upper or lower case, and all of them must occur', async () => {
    const search = (q: string, more = {}) => found({ q, ...more }, '/admin/audit/search')
    expect(await search(word)).toEqual([4, 0])
    expect(await search(word.toUpperCase())).toEqual([4, 0])
    expect(await search(`${word} firefox login.failed`)).toEqual([])
    expect(await search(`${user} firefox`)).toEqual([4, 3, 2, 1, 0])
    expect(await search(`${user} login.failed`)).toEqual([1])
    expect(await search(`c-${word}`)).toEqual([3])
    expect(await search('198.51.100.7', { user_id: user })).toEqual([2])
    expect(await search(word, { families: 'session', from: iso(3) })).toEqual([4])
    expect(await search(`nothing${word}`)).toEqual([])
  })

  it('takes every text as words, never as a query language', async () => {
    for (const q of ["O'Neil", '\\', "'", '& | !', '"', ':*', '<->', '((', "' & 'x", '%', 'd:none']) {
      const response = await callAdmin(admin, 'GET', `/admin/audit/search?${new URLSearchParams({ q })}`)
      expect(response.status, q).toBe(200)
    }
    expect(await found({ q: `${word} O'Neil` }, '/admin/audit/search')).toEqual([4])
    expect(splitTerms('a "b c" d')).toEqual(['a', 'b c', 'd'])
    const blank = await callAdmin(admin, 'GET', '/admin/audit/search?q=%20%20')
    expect(blank.status).toBe(400)
  })
})

describe('evidence', () => {
  it('an event comes with a proof that anybody can check', async () => {
    await createScheduledNeeds(env, createExecutionContext()).sealTrail()
    const response = await callAdmin(admin, 'GET', `/admin/audit/events/${events[0]?.id}`)
    const { seal } = (await response.json()) as {
      seal: Record<'leaf' | 'index' | 'path' | 'checkpoint', never> & { evidence: unknown }
    }
    const evidence = evidenceEventSchema.parse(seal.evidence)
    const { hash } = await leafOf(evidence)
    const checkpoint = await openCheckpoint(seal.checkpoint)
    expect(hash).toBe(seal.leaf)
    expect(checkpoint?.hash).toBe((seal.checkpoint as { hash: string }).hash)
    expect(
      await verifyInclusion({
        ...{ leaf: hash, index: seal.index, path: seal.path },
        ...{ size: checkpoint?.claims.event_count ?? 0, root: checkpoint?.claims.merkle_root ?? '' },
      }),
    ).toBe(true)
    expect((await callAdmin(admin, 'GET', `/admin/audit/events/${uuidv7()}`)).status).toBe(404)
  })

  it('lists checkpoints and checks itself, part by part', async () => {
    const { items } = await list({ limit: '1', include_total: 'true' }, '/admin/audit/checkpoints')
    const [newest] = items as unknown as readonly { hash: string; sequence: number }[]
    let next: number | null = 1
    let last: unknown
    while (next !== null) {
      const response = await callAdmin(admin, 'GET', `/admin/audit/verify?from_sequence=${next}&limit=2`)
      const check = (await response.json()) as {
        intact: boolean
        problems: unknown
        next_sequence: number | null
        last_hash: string
      }
      expect(check.problems).toEqual([])
      expect(check.intact).toBe(true)
      last = check.last_hash
      next = check.next_sequence
    }
    expect(last).toBe(newest?.hash)
  })
})
