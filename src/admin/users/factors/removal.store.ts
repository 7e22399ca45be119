/** Taking a factor away from a person: the row and its event are one statement. */
import { type SQL, sql } from 'drizzle-orm'
import { assertMayManage } from '../../../access/rights.store.ts'
import type { AuditEvent } from '../../../audit/event.ts'
import type { Problem } from '../../../kit/problem.ts'
import { err, ok, type Result } from '../../../kit/result.ts'
import type { NoticeKind } from '../../../recovery/notices.ts'
import type { AdminCall } from '../../operation.ts'
import { endAllSessionsOf, isOwn, ownAccount, tellOwner } from '../acting.ts'
import { refuseUnknownUser } from '../user.store.ts'

/**
 * One row if the trail knows that the factor of this event was removed within the last hour. A first attempt may have
 * failed after that, before its sessions ended: repeating it must end them.
 */
export const selectRemoval = ({ type, user_id, entity_id }: AuditEvent): SQL => sql`
  select id from audit_events
  where entity_id = ${entity_id} and user_id = ${user_id} and type = ${type} and occurred_at > now() - interval '1 hour'
  limit 1`

/**
 * Takes factors that only Postgres knows away from somebody else, and ends the sessions if there were any.
 * @param remove the statement, with its event
 * @param notice what the owner is told, by the attempt that removed them: a repeated one may end the sessions alone
 * @returns whether there were any, within the last hour
 */
export async function removeFactors(
  call: AdminCall,
  userId: string,
  removal: AuditEvent,
  remove: SQL,
  notice?: NoticeKind,
): Promise<Result<boolean, Problem>> {
  const { actor, db } = call
  if (isOwn(actor, userId)) return err(ownAccount)
  const [, , earlier, removed] = await db.runAll([
    refuseUnknownUser(userId),
    assertMayManage(actor, userId),
    selectRemoval(removal),
    remove,
  ])
  if (!removed?.length && !earlier?.length) return ok(false)
  if (removed?.length && notice) tellOwner(call, userId, notice)
  await endAllSessionsOf(call, userId, { reason: 'credentials_reset' })
  return ok(true)
}
