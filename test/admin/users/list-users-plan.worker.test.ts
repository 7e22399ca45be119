import { type SQL, sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { AdminCall } from '../../../src/admin/operation.ts'
import { encodeCursor } from '../../../src/admin/page-cursor.ts'
import { listUsers } from '../../../src/admin/users/list-users.operation.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'

/** The statement of the page that the operation would send. */
async function statementOf(query: Record<string, string>): Promise<SQL> {
  let statement: SQL | undefined
  const db = {
    runAll: async ([first]: readonly SQL[]) => {
      statement = first
      return [[]]
    },
  }
  await listUsers.run({ db, query: listUsers.query?.parse(query) } as unknown as AdminCall)
  return statement as SQL
}

/** Names of the indexes Postgres reads `users` by when it may not read all of it. */
async function indexesOf(query: Record<string, string>): Promise<string> {
  const database = testDatabase()
  const [, plan] = await database.batch([
    database.execute(sql`set local enable_seqscan = off`),
    database.execute(sql`explain (format json) ${await statementOf(query)}`),
  ])
  const names = JSON.stringify(plan.rows).matchAll(/Index Name\\?": ?\\?"(users_\w+)/g)
  return [...names].map(([, name]) => name).join()
}

const cursor = (sort: string, key: string) => encodeCursor(`users:${sort}`, [key, uuidv7()])
const time = '2026-01-01T00:00:00.123456+00:00'

/** The words of an index and of the query must be the same, or every request reads everybody. */
describe('Postgres finds people by an index', () => {
  it.each([
    ['created_at', time, 'users_created'],
    ['updated_at', time, 'users_updated'],
    ['username', 'a', 'users_by_username_form'],
    ['email', 'a', 'users_by_email_form'],
    ['name', 'a', 'users_by_name'],
  ])('in the order of %s, on any page and both ways', async (sort, key, index) => {
    for (const order of [sort, `-${sort}`]) {
      expect(await indexesOf({ sort: order })).toBe(index)
      expect(await indexesOf({ sort: order, cursor: cursor(order, key) })).toBe(index)
    }
  })

  it.each<[Record<string, string>, string]>([
    [{ q: 'lovelace' }, 'users_search_forms'],
    [{ q: 'lo' }, 'users_search_forms'],
    [{ q: '太郎' }, 'users_search_forms'],
    [{ q: '太' }, 'users_search_forms'],
    [{ identifier: 'ada@example.com' }, 'user_identifiers_pkey'],
    [{ username: 'Ada' }, 'users_by_username_form'],
    [{ email: 'ada@example.com' }, 'users_by_email_form'],
    [{ phone_number: '+493012345678' }, 'users_phone'],
    [{ role: 'admin' }, 'users_roles'],
    [{ ids: `${uuidv7()},${uuidv7()}` }, 'users_pkey'],
    [{ zoneinfo: 'Europe/Berlin' }, 'users_profile'],
    [{ address_country: 'DE', locale: 'de' }, 'users_profile'],
  ])('for %j, in an order that has another index', async (filter, index) => {
    const database = testDatabase()
    const statement = await statementOf({ ...filter, sort: 'name' })
    const [, , plan] = await database.batch([
      database.execute(sql`set local enable_seqscan = off`),
      // A test database has too few rows for the order's own index to lose.
      database.execute(sql`set local enable_indexscan = off`),
      database.execute(sql`explain (format json) ${statement}`),
    ])
    expect(JSON.stringify(plan.rows)).toContain(index)
  })
})
