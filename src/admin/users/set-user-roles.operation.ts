import { z } from '@hono/zod-openapi'
import { assertMayGrant, assertMayManage } from '../../access/rights.store.ts'
import { err } from '../../kit/result.ts'
import { existingUser, toUser, userParams, userSchema } from '../../users/account.ts'
import { roleNames } from '../../users/user-fields.ts'
import { outcomeOf, updateEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { forbidden } from '../problems.ts'
import { isOwn } from './acting.ts'
import { selectUser, userRow } from './user.store.ts'

export const setUserRoles = defineOperation({
  id: 'setUserRoles',
  method: 'put',
  path: '/admin/users/{user_id}/roles',
  tag: 'Users',
  summary: 'Give and take roles',
  description:
    'Replaces all roles of the platform that the person has. Nobody gives or takes a role that permits more than they may, nor changes their own; one active administrator always stays. Counts at the next request of the person.',
  permission: 'admin:roles:write',
  dangerous: true,
  conditional: true,
  params: userParams,
  body: z.strictObject({ roles: roleNames }).openapi('UserRoles'),
  answers: { 200: { description: 'The account as it is now', schema: userSchema, versioned: true } },
  problems: { 409: 'It is the last administrator' },
  async run({ actor, body: { roles }, db, event, expectedVersions, params: { user_id } }) {
    if (isOwn(actor, user_id)) return err(forbidden('Nobody changes their own privileges.'))
    const [, , updated, found] = await db.runAll([
      // Taking: whoever may manage the person has all permissions that the person has.
      assertMayManage(actor, user_id),
      assertMayGrant(actor, roles),
      updateEntity({
        table: 'users',
        key: { id: user_id },
        patch: { roles },
        expectedVersions,
        event: event('user.updated', { user_id, entity_type: 'user', entity_id: user_id }),
      }),
      selectUser(user_id),
    ])
    const changed = outcomeOf(userRow, updated)
    if (!changed.ok) return err(changed.error)
    const user = existingUser(found)
    return answer(200, toUser(user), { version: user.version })
  },
})
