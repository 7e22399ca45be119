import { z } from '@hono/zod-openapi'
import { assertMayManage } from '../../access/rights.store.ts'
import { err } from '../../kit/result.ts'
import { userId } from '../../users/account.ts'
import { removeConsent } from '../../users/remove-consent.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { actingParty } from './acting.ts'
import { refuseUnknownUser } from './user.store.ts'

export const revokeUserConsent = defineOperation({
  id: 'revokeUserConsent',
  method: 'delete',
  path: '/admin/users/{user_id}/consents/{client_id}',
  tag: 'Users',
  summary: 'Withdraw a consent of a user',
  description:
    'Every grant and token of the application for this person ends; at the next sign-in it must ask again. Also for applications that need no consent: there, only grants end.',
  permission: 'admin:consents:write',
  params: z.object({
    user_id: userId,
    client_id: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[\x20-\x7e]+$/)
      .openapi({ description: 'The application' }),
  }),
  answers: { 204: { description: 'The application has nothing of the person any more' } },
  async run({ actor, db, deps, event, now, origin, params: { user_id, client_id } }) {
    const about = { user_id, client_id, entity_type: 'consent', entity_id: `${user_id}:${client_id}` }
    const [, , removed] = await db.runAll([
      refuseUnknownUser(user_id),
      assertMayManage(actor, user_id),
      removeConsent(user_id, client_id, event('consent.revoked', { ...about, data: { reason: 'admin' } })),
    ])
    // After Postgres, or a concurrent silent sign-in would copy the consent again; also when a first attempt failed in
    // between.
    const forgotten = await deps
      .sessionsOf(user_id)
      .forgetConsent({ now, origin, client_id, by: actingParty(actor) })
    return forgotten || removed?.length ? answer(204) : err(notFound)
  },
})
