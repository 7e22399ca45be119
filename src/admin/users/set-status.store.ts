import { assertMayManage } from '../../access/rights.store.ts'
/** An account that is switched off, or on again. */

import type { AuditEventType } from '../../audit/event.ts'
import { updateEntity } from '../entity-change.store.ts'
import { type AdminCall, answer } from '../operation.ts'
import { refuseUnknownUser } from './user.store.ts'

/** Writes `status` and its event, once per `Idempotency-Key`. Repeating it changes nothing. */
export async function setStatus(
  { actor, event, params: { user_id }, writeOnce }: AdminCall<{ readonly user_id: string }>,
  status: 'active' | 'disabled',
  type: AuditEventType,
) {
  const done = answer(204)
  const change = updateEntity({
    table: 'users',
    key: { id: user_id },
    patch: { status },
    expectedVersions: undefined,
    event: event(type, { user_id, entity_type: 'user', entity_id: user_id }),
  })
  await writeOnce(done.value, [refuseUnknownUser(user_id), change], [assertMayManage(actor, user_id)])
  return done
}
