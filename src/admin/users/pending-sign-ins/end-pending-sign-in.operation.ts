import { z } from '@hono/zod-openapi'
import { assertMayManage } from '../../../access/rights.store.ts'
import { uuid } from '../../../kit/field-schemas.ts'
import { err } from '../../../kit/result.ts'
import { userId } from '../../../users/account.ts'
import { answer, defineOperation } from '../../operation.ts'
import { notFound } from '../../problems.ts'
import { actingParty } from '../acting.ts'
import { refuseUnknownUser } from '../user.store.ts'

export const endPendingSignIn = defineOperation({
  id: 'endPendingSignIn',
  method: 'delete',
  path: '/admin/users/{user_id}/pending-sign-ins/{sign_in_id}',
  tag: 'Users',
  summary: 'End a sign-in of a person that is in progress',
  description: 'Whoever is in it starts over with the first step.',
  permission: 'admin:sessions:write',
  params: z.object({ user_id: userId, sign_in_id: uuid('The sign-in') }),
  answers: { 204: { description: 'The sign-in has ended' } },
  async run({ actor, db, deps, now, origin, params: { user_id, sign_in_id } }) {
    await db.runAll([refuseUnknownUser(user_id), assertMayManage(actor, user_id)])
    const by = actingParty(actor)
    const ended = await deps
      .sessionsOf(user_id)
      .endPendingSignIns({ now, origin, user_id, by, pending_id: sign_in_id })
    return ended > 0 ? answer(204) : err(notFound)
  },
})
