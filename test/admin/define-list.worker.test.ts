import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { defineList } from '../../src/admin/define-list.store.ts'
import { allOf, equal } from '../../src/admin/list-filter.store.ts'
import { byText, byTime, byUuid, eitherWay, keyOrder, sortedBy } from '../../src/admin/list-order.store.ts'
import type { AdminCall, Answer, Operation } from '../../src/admin/operation.ts'
import { pageOf } from '../../src/admin/schemas.ts'
import { tableRow } from '../../src/db/json-row.ts'
import { createRunBatch } from '../../src/db/run-batch.ts'
import { decodeText } from '../../src/kit/base64url.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { ownDatabases } from '../fakes/database.ts'

const things = pgTable('things', {
  id: uuid('id').primaryKey(),
  label: text('label'),
  shelf: integer('shelf').notNull(),
  made_at: timestamp('made_at', { withTimezone: true }).notNull(),
})
type Thing = {
  readonly id: string
  readonly label: string | null
  readonly shelf: number
  readonly at: number
}

const label = sql`coalesce(lower(label), '')`
const common = {
  path: '/admin/things',
  tag: 'Users',
  summary: '',
  permission: 'admin:users:read',
  page: {
    description: '',
    schema: pageOf('ThingPage', z.object({ id: z.string(), made_at: z.string() })),
  },
  table: things,
  key: [byUuid(things.id)],
  filters: allOf({ shelf: equal(z.coerce.number().optional(), things.shelf) }),
  row: tableRow(things),
  view: ({ id, made_at }: typeof things.$inferSelect) => ({ id, made_at: made_at.toISOString() }),
} as const
const sorted = defineList({
  ...{ ...common, id: 'listThings', cursors: 'things' },
  orders: sortedBy({ made_at: byTime(things.made_at), label: byText(label) }, '-made_at'),
})
const keyed = defineList({ ...common, id: 'listKeys', cursors: 'keys', orders: keyOrder('desc') })
const turned = defineList({ ...common, id: 'listBoth', cursors: 'both', orders: eitherWay('asc', '') })

interface Page {
  readonly items: readonly { readonly id: string; readonly made_at: string }[]
  readonly page_info: { has_next_page: boolean; next_cursor: string | null; total_count?: number }
}

let database: Awaited<ReturnType<typeof ownDatabases>>['owned']
let batches: number

/** The answer of the list, as the admin API would call it. */
const ask = async (list: Operation, query: Record<string, string>) => {
  const runAll: AdminCall['db']['runAll'] = (statements) => {
    batches++
    return createRunBatch(database)(statements)
  }
  const call = { db: { runAll }, params: {}, query: list.query?.parse(query) }
  return list.run(call as unknown as AdminCall)
}
const pageOfList = async (list: Operation, query: Record<string, string>): Promise<Page> => {
  const result = await ask(list, query)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return (result.value as Answer).body as Page
}

/** Many within one millisecond, some at the same microsecond. */
const insert = async (rows: readonly Thing[]) => {
  if (rows.length === 0) return
  await database.execute(sql`
    insert into things (id, label, shelf, made_at)
    select id, label, shelf, timestamptz '2026-01-01T00:00:00Z' + at * interval '1 microsecond'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (id uuid, label text, shelf int, at int)`)
}
const remove = (ids: readonly string[]) =>
  database.execute(sql`delete from things where id::text = any (string_to_array(${ids.join()}, ','))`)

const thing: fc.Arbitrary<Thing> = fc.record({
  id: fc.uuid(),
  label: fc.constantFrom(null, '', 'a', 'A', 'ä', 'b', 'a\\', "'", 'Z 1', '太郎'),
  shelf: fc.constantFrom(1, 2),
  at: fc.integer({ min: 0, max: 5 }),
})
const distinct = (max: number) => fc.uniqueArray(thing, { maxLength: max, selector: ({ id }) => id })

beforeAll(async () => {
  database = (await ownDatabases()).owned
  await database.execute(sql`
    create table things (id uuid primary key, label text, shelf int not null, made_at timestamptz not null)`)
})

describe('walking the pages of a list', () => {
  it.each<[string, Operation, Record<string, string>, string]>([
    ['-made_at', sorted, {}, 'made_at desc, id desc'],
    ['made_at', sorted, { sort: 'made_at' }, 'made_at, id'],
    ['label', sorted, { sort: 'label' }, "coalesce(lower(label), ''), id"],
    ['-label', sorted, { sort: '-label' }, "coalesce(lower(label), '') desc, id desc"],
    ['the key', keyed, {}, 'id desc'],
    ['the key upwards', turned, {}, 'id'],
    ['the key downwards', turned, { order: 'desc' }, 'id desc'],
  ])(
    'in the order of %s shows each row that stays once and in order, whatever comes and goes',
    async (_, list, query, order) => {
      const plan = fc.record({
        stay: distinct(12),
        leave: distinct(4),
        come: distinct(4),
        limit: fc.integer({ min: 1, max: 5 }),
        shelf: fc.constantFrom(undefined, '1'),
      })
      await fc.assert(
        fc.asyncProperty(plan, async ({ stay, leave, come, limit, shelf }) => {
          await database.execute(sql`truncate things`)
          await insert([...stay, ...leave])
          const asked = { ...query, limit: String(limit), ...(shelf ? { shelf } : {}) }
          const seen: string[] = []
          for (let cursor: string | null = ''; cursor !== null; ) {
            const page: Page = await pageOfList(list, { ...asked, ...(cursor ? { cursor } : {}) })
            expect(page.items.length).toBeLessThanOrEqual(limit)
            expect(page.page_info.has_next_page).toBe(page.page_info.next_cursor !== null)
            if (page.page_info.has_next_page) expect(page.items).toHaveLength(limit)
            seen.push(...page.items.map(({ id }) => id))
            if (cursor === '') {
              await insert(come)
              await remove(leave.map(({ id }) => id))
            }
            cursor = page.page_info.next_cursor
          }
          expect(new Set(seen).size).toBe(seen.length)
          const ids = new Set(stay.map(({ id }) => id))
          const { rows } = await database.execute<{ id: string }>(
            sql`select id from things where ${shelf === undefined ? sql`true` : sql`shelf = ${shelf}::int`}
            order by ${sql.raw(order)}`,
          )
          expect(seen.filter((id) => ids.has(id))).toEqual(
            rows.map(({ id }) => id).filter((id) => ids.has(id)),
          )
        }),
        { numRuns: 15 },
      )
    },
  )
})

describe('a page', () => {
  beforeAll(async () => {
    await database.execute(sql`truncate things`)
    await insert([1, 2, 3, 4, 5].map((at) => ({ id: uuidv7(), label: null, shelf: (at % 2) + 1, at })))
  })

  it('is one round trip, and counts all that the filters let through when asked to', async () => {
    batches = 0
    const counted = await pageOfList(sorted, { limit: '1', shelf: '2', include_total: 'true' })
    expect(counted.page_info.total_count).toBe(3)
    expect((await pageOfList(sorted, { limit: '1' })).page_info).not.toHaveProperty('total_count')
    expect(batches).toBe(2)
  })

  it('has rows of the types of the table: a time is a Date', async () => {
    const [item] = (await pageOfList(keyed, { limit: '1' })).items
    expect(item?.made_at).toBe('2026-01-01T00:00:00.000Z')
  })

  it('ends in a cursor that stays good: the list, its order, the last row to the microsecond', async () => {
    const { items, page_info } = await pageOfList(sorted, { limit: '2' })
    expect(JSON.parse(decodeText(page_info.next_cursor ?? ''))).toEqual([
      'things:-made_at',
      '2026-01-01T00:00:00.000004+00:00',
      items[1]?.id,
    ])
    const { page_info: keys } = await pageOfList(keyed, { limit: '1' })
    expect(JSON.parse(decodeText(keys.next_cursor ?? ''))).toEqual(['keys', expect.any(String)])
  })

  it('takes no cursor of another list or order, and asks Postgres nothing then', async () => {
    const { next_cursor } = (await pageOfList(sorted, { limit: '1' })).page_info
    const cursor = next_cursor ?? ''
    batches = 0
    for (const [list, query] of [
      [keyed, {}],
      [turned, {}],
      [sorted, { sort: 'made_at' }],
      [sorted, { sort: 'label' }],
    ] as const) {
      const detail = `is no cursor of this list${list === keyed ? '' : ' and order'}`
      expect(await ask(list, { ...query, cursor })).toMatchObject({
        ok: false,
        error: { status: 400, errors: [{ parameter: 'cursor', detail }] },
      })
    }
    expect(batches).toBe(0)
  })
})
