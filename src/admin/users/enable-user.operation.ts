import { assertMayManage } from '../../access/rights.store.ts'
import { userParams } from '../../users/account.ts'
import { writeAccountOrRefuse } from '../../users/write-one-account.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { accountConflicts } from './account-problems.ts'

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
  conflicts: accountConflicts,
  async run(call) {
    const { actor, params, writeOnce } = call
    const { user_id: id } = params
    const done = answer(204)
    const change = { id, patch: { status: 'active' }, events: { updated: 'user.enabled' } } as const
    await writeOnce(done.value, [writeAccountOrRefuse(call, change)], [assertMayManage(actor, id)])
    return done
  },
})
