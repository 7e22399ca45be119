import { z } from '@hono/zod-openapi'
import { assertHolds } from '../../access/rights.store.ts'
import { insertEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { roleFields, roleName, roleSchema } from './role.ts'

export const createRole = defineOperation({
  id: 'createRole',
  method: 'post',
  path: '/admin/roles',
  tag: 'Roles',
  summary: 'Create a role',
  description: 'A role can hold only permissions that its creator has.',
  permission: 'admin:roles:write',
  dangerous: true,
  body: z
    .strictObject({
      name: roleName,
      description: roleFields.description,
      permissions: roleFields.permissions,
      assignable_in: roleFields.assignable_in.default('platform'),
      required_acr_values: roleFields.required_acr_values.default([]),
    })
    .openapi('RoleCreation'),
  answers: { 201: { description: 'The role', schema: roleSchema, versioned: true, located: true } },
  problems: { 409: 'A role of this name exists' },
  conflicts: {
    roles_pkey: { title: 'A role of this name exists', errors: [{ pointer: '#/name', detail: 'is taken' }] },
  },
  async run({ actor, body, event, now, writeOnce }) {
    const times = { created_at: new Date(now).toISOString(), updated_at: new Date(now).toISOString() }
    const created = answer(
      201,
      { ...body, built_in: false, ...times },
      { version: 1, location: `/admin/roles/${body.name}` },
    )
    await writeOnce(created.value, [
      // Attack: a user who may edit roles creates one with all permissions for themselves.
      assertHolds(actor, body.permissions),
      insertEntity({
        table: 'roles',
        row: { ...body, ...times },
        event: event('role.created', { entity_type: 'role', entity_id: body.name }),
      }),
    ])
    return created
  },
})
