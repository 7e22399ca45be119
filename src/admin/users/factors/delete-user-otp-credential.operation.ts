import { err } from '../../../kit/result.ts'
import { deleteOtpCredential } from '../../../one-time-passwords/otp.store.ts'
import { answer, defineOperation } from '../../operation.ts'
import { notFound } from '../../problems.ts'
import { otpParams } from './factors.ts'
import { removeFactors } from './removal.store.ts'

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
    const { user_id, otp_id } = call.params
    const removal = call.event('otp.removed', { user_id, entity_type: 'otp', entity_id: otp_id })
    const remove = deleteOtpCredential(user_id, otp_id, removal)
    const removed = await removeFactors(call, user_id, removal, remove, 'notice_factor_removed')
    if (!removed.ok) return removed
    return removed.value ? answer(204) : err(notFound)
  },
})
