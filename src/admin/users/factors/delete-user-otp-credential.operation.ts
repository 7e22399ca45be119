import { assertMayManage } from '../../../access/rights.store.ts'
import { err } from '../../../kit/result.ts'
import { deleteOtpCredential } from '../../../one-time-passwords/otp.store.ts'
import { answer, defineOperation } from '../../operation.ts'
import { notFound } from '../../problems.ts'
import { endAllSessionsOf, isOwn, ownAccount, tellOwner } from '../acting.ts'
import { refuseUnknownUser } from '../user.store.ts'
import { otpParams } from './factors.ts'
import { selectRemoval } from './removal.store.ts'

export const deleteUserOtpCredential = defineOperation({
  id: 'deleteUserOtpCredential',
  method: 'delete',
  path: '/admin/users/{user_id}/factors/one-time-passwords/{otp_id}',
  tag: 'Users',
  summary: 'Remove a generator of one-time passwords from a person',
  description:
    'Recovery codes go with the last second factor. Every session, grant and token of the person ends, and remembered devices are forgotten. Repeating it within the hour is harmless, and completes what an outage interrupted. Not for the own account, nor that of a person who may do more.',
  permission: 'admin:users:write',
  dangerous: true,
  params: otpParams,
  answers: { 204: { description: 'Its one-time passwords open nothing any more' } },
  async run(call) {
    const {
      actor,
      db,
      event,
      params: { user_id, otp_id },
    } = call
    if (isOwn(actor, user_id)) return err(ownAccount)
    const removal = event('otp.removed', {
      ...{ user_id, entity_type: 'otp', entity_id: otp_id },
    })
    const [, , earlier, removed] = await db.runAll([
      refuseUnknownUser(user_id),
      assertMayManage(actor, user_id),
      selectRemoval(removal),
      deleteOtpCredential(user_id, otp_id, removal),
    ])
    if (!removed?.length && !earlier?.length) return err(notFound)
    await endAllSessionsOf(call, user_id, { reason: 'credentials_reset' })
    if (removed?.length) tellOwner(call, user_id, 'notice_factor_removed')
    return answer(204)
  },
})
