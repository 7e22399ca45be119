import { assertMayManage } from '../../access/rights.store.ts'
import { userParams } from '../../users/account.ts'
import { writeAccountOrRefuse } from '../../users/write-one-account.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { accountConflicts } from './account-problems.ts'
import { endAllSessionsOf } from './acting.ts'
import { refusePasskeysOf } from './refuse-passkeys.store.ts'

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
  conflicts: accountConflicts,
  async run(call) {
    const { actor, params, writeOnce } = call
    const { user_id: id } = params
    const done = answer(204)
    const change = { id, patch: { status: 'disabled' }, events: { updated: 'user.disabled' } } as const
    await refusePasskeysOf(call, id, 'all')
    await writeOnce(done.value, [writeAccountOrRefuse(call, change)], [assertMayManage(actor, id)])
    return done
  },
  afterwards: (call) => endAllSessionsOf(call, call.params.user_id, { reason: 'account_disabled' }),
})
