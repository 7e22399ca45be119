import { err } from '../../kit/result.ts'
import { userParams } from '../../users/account.ts'
import { defineOperation } from '../operation.ts'
import { endAllSessionsOf, isOwn, ownAccount } from './acting.ts'
import { setStatus } from './set-status.store.ts'

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
  async run(call) {
    if (isOwn(call.actor, call.params.user_id)) return err(ownAccount)
    return setStatus(call, 'disabled', 'user.disabled')
  },
  afterwards: (call) => endAllSessionsOf(call, call.params.user_id, { reason: 'account_disabled' }),
})
