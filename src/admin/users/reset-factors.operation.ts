import { assertMayManage } from '../../access/rights.store.ts'
import { insertEvents } from '../../audit/insert-events.store.ts'
import { err } from '../../kit/result.ts'
import { userParams } from '../../users/account.ts'
import { answer, defineOperation } from '../operation.ts'
import { endAllSessionsOf, isOwn, ownAccount } from './acting.ts'
import { factorKinds } from './factors.store.ts'
import { refuseUnknownUser } from './user.store.ts'

export const resetFactors = defineOperation({
  id: 'resetFactors',
  method: 'post',
  path: '/admin/users/{user_id}/reset-factors',
  tag: 'Users',
  summary: 'Remove second factors',
  description:
    'Removes every credential besides the password. There are no such credentials yet: until then it ends every session, grant and token of the person and forgives failed sign-ins. Not for the own account, nor that of a person who may do more.',
  permission: 'admin:users:write',
  dangerous: true,
  params: userParams,
  answers: { 204: { description: 'Only the password is left' } },
  async run({ actor, event, params: { user_id }, writeOnce }) {
    if (isOwn(actor, user_id)) return err(ownAccount)
    const done = answer(204)
    await writeOnce(
      done.value,
      [
        refuseUnknownUser(user_id),
        ...factorKinds.map(({ remove }) => remove(user_id)),
        insertEvents([
          event('user.factors_reset', {
            ...{ user_id, entity_type: 'user', entity_id: user_id },
            data: { factors: factorKinds.map(({ kind }) => kind) },
          }),
        ]),
      ],
      [assertMayManage(actor, user_id)],
    )
    return done
  },
  afterwards: (call) =>
    endAllSessionsOf(call, call.params.user_id, { reason: 'credentials_reset', forget: 'attempts' }),
})
