import { assertMayManage } from '../../../access/rights.store.ts'
import { userParams } from '../../../users/account.ts'
import { answer, defineOperation } from '../../operation.ts'
import { actingParty } from '../acting.ts'
import { refuseUnknownUser } from '../user.store.ts'

export const endPendingSignIns = defineOperation({
  id: 'endPendingSignIns',
  method: 'delete',
  path: '/admin/users/{user_id}/pending-sign-ins',
  tag: 'Users',
  summary: 'End all sign-ins of a person that are in progress',
  description: 'Whoever is in one starts over with the first step. Sessions go on.',
  permission: 'admin:sessions:write',
  params: userParams,
  answers: { 204: { description: 'No sign-in is in progress' } },
  async run({ actor, db, deps, now, origin, params: { user_id } }) {
    await db.runAll([refuseUnknownUser(user_id), assertMayManage(actor, user_id)])
    await deps.sessionsOf(user_id).endPendingSignIns({ now, origin, user_id, by: actingParty(actor) })
    return answer(204)
  },
})
