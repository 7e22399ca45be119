import { assertMayManage } from '../authorized-database.store.ts'
import { updateEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { refuseUnknownUser } from './user.store.ts'
import { userParams } from './user.ts'

export const enableUser = defineOperation({
  id: 'enableUser',
  method: 'post',
  path: '/admin/users/{user_id}/enable',
  tag: 'Users',
  summary: 'Enable an account',
  description: 'The person can sign in again, with the credentials and roles they had.',
  permission: 'admin:users:write',
  params: userParams,
  answers: { 204: { description: 'The account is active' } },
  async run({ actor, event, params: { user_id }, writeOnce }) {
    const done = answer(204)
    await writeOnce(
      done.value,
      [
        refuseUnknownUser(user_id),
        updateEntity({
          table: 'users',
          key: { id: user_id },
          patch: { status: 'active' },
          expectedVersions: undefined,
          event: event('user.enabled', { user_id, entity_type: 'user', entity_id: user_id }),
        }),
      ],
      [assertMayManage(actor, user_id)],
    )
    return done
  },
})
