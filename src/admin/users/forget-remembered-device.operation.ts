import { z } from '@hono/zod-openapi'
import { assertMayManage } from '../../access/rights.store.ts'
import { uuid } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { userId } from '../../users/account.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { actingParty } from './acting.ts'
import { refuseUnknownUser } from './user.store.ts'

export const forgetRememberedDevice = defineOperation({
  id: 'forgetRememberedDevice',
  method: 'delete',
  path: '/admin/users/{user_id}/remembered-devices/{remembered_id}',
  tag: 'Users',
  summary: 'Forget a remembered device of a user',
  description: 'The next sign-in at this browser asks for the second factor again. Sessions stay.',
  permission: 'admin:sessions:write',
  params: z.object({ user_id: userId, remembered_id: uuid('The remembered device') }),
  answers: { 204: { description: 'The device is no longer remembered' } },
  async run({ actor, db, deps, now, origin, params: { user_id, remembered_id } }) {
    await db.runAll([refuseUnknownUser(user_id), assertMayManage(actor, user_id)])
    const by = actingParty(actor)
    const forgotten = await deps
      .sessionsOf(user_id)
      .forgetRememberedDevice({ now, origin, user_id, remembered_id, by })
    return forgotten ? answer(204) : err(notFound)
  },
})
