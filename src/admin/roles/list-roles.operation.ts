import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { answer, defineOperation } from '../operation.ts'
import { type RoleRow, roleSchema, toRole } from './role.ts'

/** There are few roles: the list has no pages. */
const largestList = 1000

export const listRoles = defineOperation({
  id: 'listRoles',
  method: 'get',
  path: '/admin/roles',
  tag: 'Roles',
  summary: 'List roles',
  permission: 'admin:roles:read',
  answers: {
    200: {
      description: 'All roles by name',
      schema: z.object({ items: z.array(roleSchema) }).openapi('RoleList'),
    },
  },
  async run({ db }) {
    const rows = await db.run<{ role: RoleRow }>(
      sql`select to_jsonb(roles) as role from roles order by name limit ${largestList}`,
    )
    return answer(200, { items: rows.map(({ role }) => toRole(role)) })
  },
})
