import { sql } from 'drizzle-orm'
import { emailForm, usernameForm, users } from '../../db/schema.ts'
import { idList } from '../../kit/field-schemas.ts'
import { uuidPattern } from '../../kit/patterns.ts'
import { toUser, userSchema } from '../../users/account.ts'
import { userCondition } from '../../users/user-filter.store.ts'
import { filterOf, userFilterQuery } from '../../users/user-filter.ts'
import { defineList } from '../define-list.store.ts'
import { isOneOf } from '../list-filter.store.ts'
import { byText, byTime, byUuid, sortedBy } from '../list-order.store.ts'
import { pageOf } from '../schemas.ts'
import { userRow } from './user.store.ts'

export const listUsers = defineList({
  id: 'listUsers',
  path: '/admin/users',
  tag: 'Users',
  summary: 'List accounts',
  description: 'Filters are joined by "and". An absent name sorts as an empty one.',
  permission: 'admin:users:read',
  page: { description: 'A page of accounts', schema: pageOf('UserPage', userSchema) },
  cursors: 'users',
  table: users,
  key: [byUuid(users.id)],
  // Each is the expression of an index, which ends with the id.
  orders: sortedBy(
    {
      created_at: byTime(users.created_at),
      updated_at: byTime(users.updated_at),
      username: byText(usernameForm),
      email: byText(emailForm),
      name: byText(sql`coalesce(lower(users.profile->>'name'), '')`),
    },
    '-created_at',
  ),
  filters: {
    query: { ...userFilterQuery, ids: idList((id) => uuidPattern.test(id)) },
    condition(query) {
      const ids = query['ids'] as readonly string[] | undefined
      const condition = userCondition(filterOf(query))
      return ids ? sql`(${isOneOf(users.id, ids)} and ${condition})` : condition
    },
    isNarrow: ({ q, ids }) => q !== undefined || ids !== undefined,
  },
  row: userRow,
  view: toUser,
})
