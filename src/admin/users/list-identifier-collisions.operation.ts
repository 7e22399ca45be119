import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { builtRow } from '../../db/json-row.ts'
import { timestamp } from '../../kit/field-schemas.ts'
import { userId } from '../../users/account.ts'
import { defineList } from '../define-list.store.ts'
import { byText, byUuid, keyOrder } from '../list-order.store.ts'
import { pageOf } from '../schemas.ts'

const party = (description: string) =>
  z
    .object({
      id: userId,
      username: z.string().nullable(),
      email: z.string().nullable(),
      created_at: timestamp('When the account was made'),
    })
    .meta({ 'x-authly-name': 'IdentifierCollisionUser', description })

const collision = z
  .object({
    identifier: z.string().describe('The name in its normal form'),
    holder: party('The older account: it signs in by the name'),
    other: party('Cannot sign in by the name until one of the two has another one'),
  })
  .meta({ id: 'IdentifierCollision' })

const partyOf = (alias: 'holder' | 'other') =>
  sql.raw(`jsonb_build_object('id', ${alias}.id, 'username', ${alias}.username, 'email', ${alias}.email,
    'created_at', to_char(${alias}.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`)

export const listIdentifierCollisions = defineList({
  id: 'listIdentifierCollisions',
  path: '/admin/users/collisions',
  tag: 'Users',
  summary: 'List accounts that share a name',
  description:
    'Pairs of accounts from before usernames and e-mail addresses were one namespace whose names are the same in another spelling. The older one keeps the name; rename or delete one of the two.',
  permission: 'admin:users:read',
  page: { description: 'A page of pairs', schema: pageOf('IdentifierCollisionPage', collision) },
  cursors: 'collisions',
  table: sql`user_identifier_collisions as waiting
    join user_identifiers as held on held.identifier = waiting.identifier
    join users as holder on holder.id = held.user_id
    join users as other on other.id = waiting.user_id`,
  key: [byText(sql`waiting.identifier`), byUuid(sql`waiting.user_id`)],
  orders: keyOrder('asc'),
  row: builtRow(
    sql`jsonb_build_object('identifier', waiting.identifier, 'holder', ${partyOf('holder')}, 'other', ${partyOf('other')})`,
    collision,
  ),
  view: (pair) => pair,
})
