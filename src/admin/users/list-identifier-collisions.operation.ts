import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { timestamp } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { userId } from '../../users/account.ts'
import { answer, defineOperation } from '../operation.ts'
import { decodeCursor, encodeCursor, toPage } from '../page-cursor.ts'
import { invalidRequest } from '../problems.ts'
import { pageOf, pageQuery } from '../schemas.ts'

const party = (description: string) =>
  z
    .object({
      id: userId,
      username: z.string().nullable(),
      email: z.string().nullable(),
      created_at: timestamp('When the account was made'),
    })
    .describe(description)

const collision = z
  .object({
    identifier: z.string().describe('The name in its normal form'),
    holder: party('The older account: it signs in by the name'),
    other: party('Cannot sign in by the name until one of the two has another one'),
  })
  .meta({ id: 'IdentifierCollision' })

const list = 'collisions'

const partyOf = (alias: 'holder' | 'other') =>
  sql.raw(`jsonb_build_object('id', ${alias}.id, 'username', ${alias}.username, 'email', ${alias}.email,
    'created_at', to_char(${alias}.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`)

export const listIdentifierCollisions = defineOperation({
  id: 'listIdentifierCollisions',
  method: 'get',
  path: '/admin/users/collisions',
  tag: 'Users',
  summary: 'List accounts that share a name',
  description:
    'Pairs of accounts from before usernames and e-mail addresses were one namespace whose names are the same in another spelling. The older one keeps the name; rename or delete one of the two.',
  permission: 'admin:users:read',
  query: z.object(pageQuery),
  answers: { 200: { description: 'A page of pairs', schema: pageOf('IdentifierCollisionPage', collision) } },
  async run({ db, query }) {
    const { limit, cursor, include_total } = query
    const after = cursor === undefined ? undefined : decodeCursor(list, cursor, ['text', 'uuid'])
    if (cursor !== undefined && !after) {
      return err(invalidRequest([{ parameter: 'cursor', detail: 'is no cursor of this list' }]))
    }
    const beyond = after
      ? sql`where (waiting.identifier, waiting.user_id) > (${after[0]}, ${after[1]}::uuid)`
      : sql``
    const page = sql`
      select waiting.identifier, ${partyOf('holder')} as holder, ${partyOf('other')} as other
      from user_identifier_collisions as waiting
        join user_identifiers as held on held.identifier = waiting.identifier
        join users as holder on holder.id = held.user_id
        join users as other on other.id = waiting.user_id
      ${beyond} order by waiting.identifier, waiting.user_id limit ${limit + 1}`
    const count = sql`select count(*)::int as total from user_identifier_collisions`
    const [rows, counted] = await db.runAll(include_total ? [page, count] : [page])
    const found = toPage(
      rows as unknown as readonly z.output<typeof collision>[],
      limit,
      ({ identifier, other }) => encodeCursor(list, [identifier, other.id]),
      counted?.[0]?.['total'] as number | undefined,
    )
    return answer(200, { items: [...found.items], page_info: found.page_info })
  },
})
