import { z } from '@hono/zod-openapi'
import { assertMayGrant } from '../../access/rights.store.ts'
import { toUser, userParams, userSchema } from '../../users/account.ts'
import { roleNames } from '../../users/user-fields.ts'
import { writeAccount } from '../../users/write-one-account.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { accountConflicts, outcomeOf } from './account-problems.ts'
import { selectUser, userRow } from './user.store.ts'

export const setUserRoles = defineOperation({
  id: 'setUserRoles',
  method: 'put',
  path: '/admin/users/{user_id}/roles',
  tag: 'Users',
  summary: 'Set the roles of a user',
  description:
    'Replaces all roles of the platform that the person has. Nobody gives or takes a role that permits more than they may, nor changes their own; one active administrator always stays. Counts at the next request of the person.',
  permission: 'admin:roles:write',
  dangerous: true,
  conditional: true,
  params: userParams,
  body: z.strictObject({ roles: roleNames }).openapi('UserRoles'),
  answers: { 200: { description: 'The account as it is now', schema: userSchema, versioned: true } },
  problems: { 409: 'It is the last administrator' },
  conflicts: accountConflicts,
  async run(call) {
    const { actor, body, db, params } = call
    const { user_id: id } = params
    const [, written, [found] = []] = await db.runAll([
      assertMayGrant(actor, body.roles),
      // For roles that are removed: managing a user requires all permissions that the user has.
      writeAccount(call, { id, patch: body }),
      selectUser(id),
    ])
    const changed = outcomeOf(written)
    if (!changed.ok) return changed
    const user = userRow.read(found?.['row'])
    return answer(200, toUser(user), { version: user.version })
  },
})
