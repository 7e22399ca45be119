import { assertMayManage } from '../../access/rights.store.ts'
import { insertEvents } from '../../audit/insert-events.store.ts'
import { userParams } from '../../users/account.ts'
import { answer, defineOperation } from '../operation.ts'
import { refuseUnknownUser } from './user.store.ts'

export const unlockUser = defineOperation({
  id: 'unlockUser',
  method: 'post',
  path: '/admin/users/{user_id}/unlock',
  tag: 'Users',
  summary: 'Unlock an account after failed sign-ins',
  description:
    'After failed sign-ins a person has to wait, up to 15 minutes; this ends the wait. It enables no disabled account.',
  permission: 'admin:users:write',
  params: userParams,
  answers: { 204: { description: 'The next attempt counts as the first' } },
  async run({ actor, event, params: { user_id }, writeOnce }) {
    const done = answer(204)
    await writeOnce(
      done.value,
      [
        refuseUnknownUser(user_id),
        insertEvents([event('user.unlocked', { user_id, entity_type: 'user', entity_id: user_id })]),
      ],
      [assertMayManage(actor, user_id)],
    )
    return done
  },
  afterwards: ({ deps, params }) => deps.sessionsOf(params.user_id).forgiveFailures(),
})
