import { assertMayManage } from '../../access/rights.store.ts'
import { userParams } from '../../users/account.ts'
import { answer, defineOperation } from '../operation.ts'
import { actingParty } from './acting.ts'
import { refuseUnknownUser } from './user.store.ts'

export const forgetRememberedDevices = defineOperation({
  id: 'forgetRememberedDevices',
  method: 'delete',
  path: '/admin/users/{user_id}/remembered-devices',
  tag: 'Users',
  summary: 'Ask for the second factor again at every browser of a person',
  description: 'At the next sign-in there. Sessions go on.',
  permission: 'admin:sessions:write',
  params: userParams,
  answers: { 204: { description: 'No browser is remembered any more' } },
  async run({ actor, db, deps, now, origin, params: { user_id } }) {
    await db.runAll([refuseUnknownUser(user_id), assertMayManage(actor, user_id)])
    const by = actingParty(actor)
    await deps.sessionsOf(user_id).forgetRememberedDevices({ now, origin, user_id, by, reason: 'removed' })
    return answer(204)
  },
})
