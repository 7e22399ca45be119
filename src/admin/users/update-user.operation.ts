import { toUser, userParams, userSchema } from '../../users/account.ts'
import { withForms } from '../../users/account-normal-forms.ts'
import { userPatch } from '../../users/user-fields.ts'
import { writeAccount } from '../../users/write-one-account.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { accountConflicts, outcomeOf } from './account-problems.ts'
import { selectUser, userRow } from './user.store.ts'

export const updateUser = defineOperation({
  id: 'updateUser',
  method: 'patch',
  path: '/admin/users/{user_id}',
  tag: 'Users',
  summary: 'Change an account',
  description:
    'Another e-mail address or phone number counts as not verified unless the patch says otherwise. Roles, status and credentials have operations of their own. Nobody changes the account of a person who may do more than they may.',
  permission: 'admin:users:write',
  conditional: true,
  params: userParams,
  body: userPatch,
  answers: { 200: { description: 'The account as it is now', schema: userSchema, versioned: true } },
  problems: { 409: 'The username or e-mail address is taken, or none would be left' },
  conflicts: accountConflicts,
  async run(call) {
    const { body, db, params } = call
    const { user_id: id } = params
    const [written, [found] = []] = await db.runAll([
      writeAccount(call, { id, patch: withForms(body) }),
      selectUser(id),
    ])
    const changed = outcomeOf(written)
    if (!changed.ok) return changed
    const user = userRow.read(found?.['row'])
    return answer(200, toUser(user), { version: user.version })
  },
})
