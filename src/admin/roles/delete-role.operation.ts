import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { assertMayChangeRole } from '../../access/rights.store.ts'
import { err } from '../../kit/result.ts'
import { deleteEntity, outcomeOf } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { conflict } from '../problems.ts'
import { roleName } from './role.ts'
import { roleRow } from './role-row.store.ts'

export const deleteRole = defineOperation({
  id: 'deleteRole',
  method: 'delete',
  path: '/admin/roles/{name}',
  tag: 'Roles',
  summary: 'Delete a role',
  description: 'Only a role that nobody has can be deleted; built-in roles stay.',
  permission: 'admin:roles:write',
  dangerous: true,
  conditional: true,
  params: z.object({ name: roleName }),
  answers: { 204: { description: 'The role is gone' } },
  problems: { 409: 'Somebody has the role' },
  async run({ actor, db, event, expectedVersions, params }) {
    const [, deleted, used] = await db.runAll([
      assertMayChangeRole(actor, params.name),
      deleteEntity({
        table: 'roles',
        key: { name: params.name },
        expectedVersions,
        where: sql`not exists (select 1 from users where roles @> array[current.name])`,
        event: event('role.deleted', { entity_type: 'role', entity_id: params.name }),
      }),
      sql`select 1 from roles where name = ${params.name} and exists (select 1 from users where roles @> array[${params.name}::text])`,
    ])
    if (used?.length) return err(conflict('role_in_use', 'Somebody has the role'))
    const changed = outcomeOf(roleRow, deleted)
    return changed.ok ? answer(204) : err(changed.error)
  },
})
