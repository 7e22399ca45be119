import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { assertHolds, assertMayChangeRole, assertMayDemandOfRole } from '../../access/rights.store.ts'
import { satisfies } from '../../authentication/acr.ts'
import { err } from '../../kit/result.ts'
import { outcomeOf, updateEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import { roleFields, roleName, roleSchema, toRole } from './role.ts'
import { roleRow } from './role-row.store.ts'

export const updateRole = defineOperation({
  id: 'updateRole',
  method: 'patch',
  path: '/admin/roles/{name}',
  tag: 'Roles',
  summary: 'Change a role',
  description:
    'Built-in roles cannot be changed. Nobody changes a role they have, or adds a permission they lack. What a role demands of sign-ins (`required_acr_values`) can be changed alone for built-in roles and one’s own too, by whoever has its permissions and is signed in that way.',
  permission: 'admin:roles:write',
  dangerous: true,
  conditional: true,
  params: z.object({ name: roleName }),
  body: z.strictObject(roleFields).omit({ assignable_in: true }).partial().openapi('RolePatch'),
  answers: { 200: { description: 'The role as it is now', schema: roleSchema, versioned: true } },
  async run({ actor, body, db, event, expectedVersions, params }) {
    if (actor.type === 'user' && !satisfies(actor.acr, body.required_acr_values ?? [])) {
      // Who may not change it learns nothing else.
      await db.run(sql`select 1`)
      const detail = 'must contain how you are signed in, or a weaker way, or nobody could undo this'
      return err(invalidRequest([{ pointer: '#/required_acr_values', detail }]))
    }
    const isDemandAlone = body.required_acr_values !== undefined && Object.keys(body).length === 1
    const rows = await db.runAll([
      assertHolds(actor, body.permissions ?? []),
      isDemandAlone ? assertMayDemandOfRole(actor, params.name) : assertMayChangeRole(actor, params.name),
      updateEntity({
        table: 'roles',
        key: { name: params.name },
        patch: body,
        expectedVersions,
        event: event('role.updated', { entity_type: 'role', entity_id: params.name }),
      }),
    ])
    const changed = outcomeOf(roleRow, rows[2])
    if (!changed.ok) return err(changed.error)
    const { after } = changed.value
    return answer(200, toRole(after), { version: after.version })
  },
})
