import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { allRows } from '../../db/json-row.ts'
import { answer, defineOperation } from '../operation.ts'
import { roleSchema, toRole } from './role.ts'
import { roleRow } from './role-row.store.ts'

/** Roles are few: the list is not paged. */
const largestList = 1000

export const listRoles = defineOperation({
  id: 'listRoles',
  method: 'get',
  path: '/admin/roles',
  tag: 'Roles',
  summary: 'List roles',
  description: 'In the order of their names, each with its permissions.',
  permission: 'admin:roles:read',
  answers: {
    200: {
      description: 'All roles by name',
      schema: z.object({ items: z.array(roleSchema) }).openapi('RoleList'),
    },
  },
  async run({ db }) {
    const rows = await db.run(
      sql`select ${roleRow.json} as row from roles order by name limit ${largestList}`,
    )
    return answer(200, { items: allRows(roleRow, rows).map(toRole) })
  },
})
