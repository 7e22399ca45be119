import { z } from '@hono/zod-openapi'
import { assertMayManage } from '../../access/rights.store.ts'
import { uuid } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { userId } from '../../users/account.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { actingParty } from './acting.ts'
import { refuseUnknownUser } from './user.store.ts'

export const revokeUserSession = defineOperation({
  id: 'revokeUserSession',
  method: 'delete',
  path: '/admin/users/{user_id}/sessions/{session_id}',
  tag: 'Users',
  summary: 'End one session of a person',
  description:
    'With the grants and tokens made in it, but for those with `offline_access`, which outlive sessions (OpenID Connect Core §11): end all sessions, or withdraw the consent, to end these too.',
  permission: 'admin:sessions:write',
  params: z.object({ user_id: userId, session_id: uuid('The session') }),
  answers: { 204: { description: 'The session has ended' } },
  async run({ actor, db, deps, now, origin, params: { user_id, session_id } }) {
    await db.runAll([refuseUnknownUser(user_id), assertMayManage(actor, user_id)])
    const by = actingParty(actor)
    const ended = await deps
      .sessionsOf(user_id)
      .endSession({ now, session_id, origin, by, reason: 'revoked' })
    return ended ? answer(204) : err(notFound)
  },
})
