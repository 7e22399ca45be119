import { err } from '../../kit/result.ts'
import { assertMayManage } from '../authorized-database.store.ts'
import { updateEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { endAllSessionsOf, isOwn, ownAccount } from './acting.ts'
import { refuseUnknownUser } from './user.store.ts'
import { userParams } from './user.ts'

export const disableUser = defineOperation({
  id: 'disableUser',
  method: 'post',
  path: '/admin/users/{user_id}/disable',
  tag: 'Users',
  summary: 'Disable an account',
  description:
    'Nobody can sign in to it, and every session, grant and token of the person ends. Repeating it is harmless, and completes what an outage interrupted. The last administrator and the own account cannot be disabled.',
  permission: 'admin:users:write',
  params: userParams,
  answers: { 204: { description: 'The account is disabled' } },
  problems: { 409: 'It is the last administrator' },
  async run({ actor, event, params: { user_id }, writeOnce }) {
    if (isOwn(actor, user_id)) return err(ownAccount)
    const done = answer(204)
    await writeOnce(
      done.value,
      [
        refuseUnknownUser(user_id),
        updateEntity({
          table: 'users',
          key: { id: user_id },
          patch: { status: 'disabled' },
          expectedVersions: undefined,
          event: event('user.disabled', { user_id, entity_type: 'user', entity_id: user_id }),
        }),
      ],
      [assertMayManage(actor, user_id)],
    )
    return done
  },
  afterwards: (call) => endAllSessionsOf(call, call.params.user_id, { reason: 'account_disabled' }),
})
