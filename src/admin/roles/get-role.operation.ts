import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { type RoleRow, roleName, roleSchema, toRole } from './role.ts'

export const getRole = defineOperation({
  id: 'getRole',
  method: 'get',
  path: '/admin/roles/{name}',
  tag: 'Roles',
  summary: 'Read a role',
  permission: 'admin:roles:read',
  params: z.object({ name: roleName }),
  answers: { 200: { description: 'The role', schema: roleSchema, versioned: true } },
  async run({ db, params }) {
    const [row] = await db.run<{ role: RoleRow }>(
      sql`select to_jsonb(roles) as role from roles where name = ${params.name}`,
    )
    return row ? answer(200, toRole(row.role), { version: row.role.version }) : err(notFound)
  },
})
