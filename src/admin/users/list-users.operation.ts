import { z } from '@hono/zod-openapi'
import { type SQL, sql } from 'drizzle-orm'
import { emailForm, usernameForm } from '../../db/schema.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { toUser, type UserRow, userSchema } from '../../users/account.ts'
import { userCondition } from '../../users/user-filter.store.ts'
import { filterOf, userFilterQuery } from '../../users/user-filter.ts'
import { answer, defineOperation } from '../operation.ts'
import { type CursorValues, decodeCursor, encodeCursor, toPage } from '../page-cursor.ts'
import { invalidRequest } from '../problems.ts'
import { pageOf, pageQuery } from '../schemas.ts'
import { selectUsers } from './user.store.ts'

/** What the list can be ordered by: the words of an index, which ends with the id, so that every order is total. */
const orders = {
  created_at: { key: sql`users.created_at`, type: sql`timestamptz` },
  updated_at: { key: sql`users.updated_at`, type: sql`timestamptz` },
  username: { key: usernameForm, type: sql`text` },
  email: { key: emailForm, type: sql`text` },
  name: { key: sql`coalesce(lower(users.profile->>'name'), '')`, type: sql`text` },
} as const

type Order = keyof typeof orders
type Sort = Order | `-${Order}`
const sorts = Object.keys(orders).flatMap((order) => [order, `-${order}`]) as [Sort, ...Sort[]]

export const listUsers = defineOperation({
  id: 'listUsers',
  method: 'get',
  path: '/admin/users',
  tag: 'Users',
  summary: 'List accounts',
  description: 'Filters are joined by "and". An absent name sorts as an empty one.',
  permission: 'admin:users:read',
  query: z.object({
    ...pageQuery,
    sort: z
      .enum(sorts)
      .default('-created_at')
      .openapi({ description: '`-` is descending', example: '-created_at' }),
    ...userFilterQuery,
  }),
  answers: { 200: { description: 'A page of accounts', schema: pageOf('UserPage', userSchema) } },
  async run({ db, query }) {
    const { limit, cursor, sort, include_total } = query
    const after = readCursor(sort, cursor)
    if (!after.ok) return after
    const condition = userCondition(filterOf(query))
    const page = selectPage(sort, { condition, after: after.value, limit, isSearch: query.q !== undefined })
    const count = sql`select count(*)::int as total from users where ${condition}`
    const [rows, counted] = await db.runAll(include_total ? [page, count] : [page])
    const items = rows as unknown as readonly { user: UserRow; sort_key: string }[]
    const { items: found, page_info } = toPage(
      items,
      limit,
      ({ user, sort_key }) => encodeCursor(cursorOf(sort), [sort_key, user.id]),
      counted?.[0]?.['total'] as number | undefined,
    )
    return answer(200, { items: found.map(({ user }) => toUser(user)), page_info })
  },
})

const cursorOf = (sort: Sort): string => `users:${sort}`

const partsOf = (sort: Sort) => {
  const isDescending = sort.startsWith('-')
  return { ...orders[sort.slice(isDescending ? 1 : 0) as Order], isDescending }
}

interface PageWanted {
  readonly condition: SQL
  readonly after: CursorValues | undefined
  readonly limit: number
  readonly isSearch: boolean
}

/**
 * One range of one index: the page is cut out before anything is joined to it. The sort key travels as text of
 * Postgres' own making, because a cursor with milliseconds would skip rows within the same one.
 */
function selectPage(sort: Sort, { condition, after, limit, isSearch }: PageWanted): SQL {
  const { key, type, isDescending } = partsOf(sort)
  // Names found by a text lie together in the order of names, perhaps at its far end: Postgres would walk there.
  const order = isSearch && !sort.endsWith('_at') ? sql`${key} || ''` : key
  const direction = isDescending ? sql`desc` : sql`asc`
  const beyond = after
    ? sql`and (${key}, users.id) ${isDescending ? sql`<` : sql`>`} (${after[0]}::${type}, ${after[1]}::uuid)`
    : sql``
  return sql`
    ${selectUsers(
      sql`(
        select users.*, to_jsonb(${key}) #>> '{}' as sort_key from users
        where ${condition} ${beyond}
        order by ${order} ${direction}, users.id ${direction}
        limit ${limit + 1}
      )`,
      sql`, users.sort_key`,
    )}
    order by ${key} ${direction}, users.id ${direction}`
}

function readCursor(
  sort: Sort,
  cursor: string | undefined,
): Result<CursorValues | undefined, ReturnType<typeof invalidRequest>> {
  if (cursor === undefined) return ok(undefined)
  const values = decodeCursor(cursorOf(sort), cursor, [sort.endsWith('_at') ? 'time' : 'text', 'uuid'])
  if (values) return ok(values)
  return err(invalidRequest([{ parameter: 'cursor', detail: 'is no cursor of this list and order' }]))
}
