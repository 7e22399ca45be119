import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { firstRow } from '../../db/json-row.ts'
import { readAt } from '../../evidence/past-state/read-at.store.ts'
import { timestampInput } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { roleName, roleSchema, toRole } from './role.ts'
import { roleRow } from './role-row.store.ts'

export const getRole = defineOperation({
  id: 'getRole',
  method: 'get',
  path: '/admin/roles/{name}',
  tag: 'Roles',
  summary: 'Read a role',
  description:
    'With `at`: as it was then, rebuilt from the audit trail, also after it was deleted; without ETag and `updated_at`.',
  permission: 'admin:roles:read',
  params: z.object({ name: roleName }),
  query: z.object({ at: timestampInput('As it was at this time').optional() }),
  answers: { 200: { description: 'The role', schema: roleSchema, versioned: true } },
  async run({ db, params: { name }, query: { at } }) {
    const select = sql`select ${roleRow.json} as row from roles where name = ${name}`
    if (at !== undefined) {
      const past = await readAt(db, { entityType: 'role', entityId: name, select, at })
      if (!past) return err(notFound)
      const { updated_at: _now, ...role } = toRole({ ...roleRow.read(past), updated_at: new Date(at) })
      return answer(200, role)
    }
    const found = firstRow(roleRow, await db.run(select))
    return found ? answer(200, toRole(found), { version: found.version }) : err(notFound)
  },
})
