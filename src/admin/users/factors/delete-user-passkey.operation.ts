import { sql } from 'drizzle-orm'
import { assertMayManage } from '../../../access/rights.store.ts'
import { err } from '../../../kit/result.ts'
import { deletePasskey } from '../../../passkeys/passkeys.store.ts'
import { answer, defineOperation } from '../../operation.ts'
import { notFound } from '../../problems.ts'
import { actingParty, endAllSessionsOf, isOwn, ownAccount, tellOwner } from '../acting.ts'
import { refuseUnknownUser } from '../user.store.ts'
import { passkeyParams } from './factors.ts'
import { selectRemoval } from './removal.store.ts'

export const deleteUserPasskey = defineOperation({
  id: 'deleteUserPasskey',
  method: 'delete',
  path: '/admin/users/{user_id}/factors/passkeys/{credential_id}',
  tag: 'Users',
  summary: 'Remove a passkey from a person',
  description:
    'The answer comes only after nobody can sign in with it any more; every session, grant and token of the person ends, and remembered devices are forgotten. Recovery codes go with the last second factor. Repeating it within the hour is harmless, and completes what an outage interrupted. Not for the own account, nor that of a person who may do more.',
  permission: 'admin:users:write',
  dangerous: true,
  params: passkeyParams,
  answers: { 204: { description: 'Nobody signs in with the passkey any more' } },
  async run(call) {
    const {
      actor,
      db,
      deps,
      event,
      now,
      origin,
      params: { user_id, credential_id },
    } = call
    if (isOwn(actor, user_id)) return err(ownAccount)
    const removal = event('passkey.removed', {
      ...{ user_id, entity_type: 'passkey', entity_id: credential_id },
    })
    const guards = [refuseUnknownUser(user_id), assertMayManage(actor, user_id)]
    const [, , existing, earlier] = await db.runAll([
      ...guards,
      sql`select 1 from passkeys where user_id = ${user_id}::uuid and credential_id = ${credential_id}`,
      selectRemoval(removal),
    ])
    if (!existing?.length && !earlier?.length) return err(notFound)
    // First: it signs people in without asking Postgres.
    const by = actingParty(actor)
    await deps
      .sessionsOf(user_id)
      .refusePasskeys({ now, user_id, credential_ids: [credential_id], origin, by })
    const [, , removed] = await db.runAll([...guards, deletePasskey(user_id, credential_id, removal)])
    // Before the sessions end: when that fails, the repeated attempt finds nothing to tell of.
    if (removed?.length) tellOwner(call, user_id, 'notice_factor_removed')
    await endAllSessionsOf(call, user_id, { reason: 'credentials_reset' })
    return answer(204)
  },
})
