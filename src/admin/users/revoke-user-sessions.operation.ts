import { assertMayManage } from '../../access/rights.store.ts'
import { userParams } from '../../users/account.ts'
import { answer, defineOperation } from '../operation.ts'
import { endAllSessionsOf } from './acting.ts'
import { refuseUnknownUser } from './user.store.ts'

export const revokeUserSessions = defineOperation({
  id: 'revokeUserSessions',
  method: 'delete',
  path: '/admin/users/{user_id}/sessions',
  tag: 'Users',
  summary: 'Sign a person out everywhere',
  description: 'Every session, grant and token ends, `offline_access` included.',
  permission: 'admin:sessions:write',
  params: userParams,
  answers: { 204: { description: 'Nothing of the person lives any more' } },
  async run(call) {
    const { user_id } = call.params
    await call.db.runAll([refuseUnknownUser(user_id), assertMayManage(call.actor, user_id)])
    await endAllSessionsOf(call, user_id)
    return answer(204)
  },
})
