/** Pages over more events than are sorted at once, and over events that stand together far from the first page. */
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { type AuditEvent, auditEventTypes } from '../../src/audit/event.ts'
import { areRoutine } from '../../src/audit/outbox.ts'
import { type EventQuery, selectEvents } from '../../src/audit/search/event-query.store.ts'
import { ownDatabases } from '../fakes/database.ts'

const count = 9000
let database: Awaited<ReturnType<typeof ownDatabases>>['database']
const marker = crypto.randomUUID().replaceAll('-', '')

describe('pages of a full-text search', () => {
  beforeAll(async () => {
    const own = await ownDatabases()
    database = own.database
    await database.execute(sql`
      insert into audit_events (id, type, occurred_at, outcome, actor_type, client_id, ip, data)
      select gen_random_uuid(), 'session.created', timestamptz '2001-01-01' + n * interval '1 hour', 'success', 'client',
        ${marker}, '203.0.113.' || n / 1000, jsonb_build_object('each', ${`each${marker}`}::text) ||
          case when n % 7 = 0 then jsonb_build_object('some', ${`some${marker}`}::text) else '{}' end ||
          case when n < 3000 then jsonb_build_object('old', ${`old_${marker}`}::text) else '{}' end ||
          case when n % 2900 = 1 then jsonb_build_object('rare', ${`rare${marker}`}::text) else '{}' end
      from generate_series(1, ${count}::int) as n`)
    // Numbers that no event got.
    await database.execute(sql`delete from audit_events where client_id = ${marker} and
      position % 5000 between 100 and 400`)
    await own.owned.execute(sql`analyze audit_events`)
  })

  const time = { from: '2001-02-10T00:00:00Z', to: '2001-06-20T00:00:00Z' }
  const inTime = sql`occurred_at >= ${time.from}::timestamptz and occurred_at < ${time.to}::timestamptz`
  test.each([
    ['a term of every event', { q: `each${marker}` }, sql`data ? 'each'`],
    ['a term of some events', { q: `some${marker}` }, sql`data ? 'some'`],
    ['a term of old events', { q: `old_${marker}` }, sql`data ? 'old'`],
    ['a term of few events', { q: `rare${marker}` }, sql`data ? 'rare'`],
    ['a term and a long time', { q: `each${marker}`, filter: time }, inTime],
    ['a time', { filter: { ...time, client_id: marker } }, inTime],
    [
      'the end of a time',
      { filter: { to: time.to, client_id: marker } },
      sql`occurred_at < ${time.to}::timestamptz`,
    ],
    ['an address', { filter: { ip: '203.0.113.4', client_id: marker } }, sql`ip = '203.0.113.4'`],
    ['two terms', { q: `some${marker} old_${marker}` }, sql`data ? 'some' and data ? 'old'`],
  ])('%s: none is missing and none comes twice, in both orders', async (_name, query, condition) => {
    const { rows } = await database.execute<{ position: string }>(
      sql`select position from audit_events where client_id = ${marker} and ${condition} order by position`,
    )
    const expected = rows.map(({ position }) => Number(position))
    expect(expected.length).toBeGreaterThan(2)
    expect(await walk(query, 'asc')).toEqual(expected)
    expect(await walk(query, 'desc')).toEqual(expected.toReversed())
  })
})

describe('events far from where the list begins', () => {
  const old = { from: '2001-01-02T00:00:00Z', to: '2001-02-12T00:00:00Z' }
  test.each([
    ['of a time', { filter: old, order: 'desc' }],
    ['of a time, by type', { filter: { ...old, types: ['session.created'] }, order: 'desc' }],
    ['of a late time, oldest first', { filter: { from: '2002-01-01T00:00:00Z' }, order: 'asc' }],
    ['of an address', { filter: { ip: '203.0.113.1' }, order: 'desc' }],
  ] satisfies [string, Pick<EventQuery, 'filter' | 'order'>][])(
    '%s are found without reading the trail up to them',
    async (_name, query) => {
      const listed = selectEvents({ ...query, limit: 5 })
      const { rows } = await database.execute<{ 'QUERY PLAN': unknown }>(
        sql`explain (analyze, format json) ${listed}`,
      )
      const plan = JSON.stringify(rows[0]?.['QUERY PLAN'])
      const removed = [...plan.matchAll(/"Rows Removed by Filter":([\d.]+)/g)].map(([, count]) =>
        Number(count),
      )
      expect(plan).toContain('"Actual Rows":5')
      expect(removed.reduce((sum, count) => sum + count, 0)).toBeLessThan(500)
    },
  )
})

describe('events of every token request', () => {
  test('are left out of the search, exactly those that travel together; sign-ins are found', async () => {
    const { rows } = await database.execute<{ type: string }>(sql`
      with written as (
        insert into audit_events (id, type, occurred_at, outcome, actor_type)
        select gen_random_uuid(), type, now(), 'success', 'system'
        from jsonb_array_elements_text(${JSON.stringify(auditEventTypes)}::jsonb) as type
        returning type, search_terms)
      select type from written where search_terms is null`)
    const routine = auditEventTypes.filter((type) => areRoutine([{ type } as AuditEvent]))
    expect(['session.created', ...rows.map(({ type }) => type)].sort()).toEqual(routine.toSorted())
  })
})

async function walk(query: { q?: string; filter?: object }, order: 'asc' | 'desc'): Promise<number[]> {
  const limit = 500
  const found: number[] = []
  for (let isLast = false; !isLast; ) {
    const { rows } = await database.execute<{ position: string }>(
      selectEvents({ filter: {}, ...query, order, after: found.at(-1), limit }, sql`position`),
    )
    found.push(...rows.map(({ position }) => Number(position)))
    isLast = rows.length < limit
  }
  return found
}
