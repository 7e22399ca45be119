/** Told first: a person's object, before a passkey or the account is taken away in Postgres. */

import { assertMayManage } from '../../access/rights.store.ts'
import { retryOnce } from '../../kit/retry-once.ts'
import type { RefusePasskeys } from '../../sessions/refuse-passkeys.ts'
import type { AdminCall } from '../operation.ts'
import { actingParty } from './acting.ts'
import { selectUserId } from './user.store.ts'

/**
 * Tells the person's object that passkeys are about to be taken away: from now on it refuses them. Must come before the
 * change in Postgres, so that nobody signs in with one by the object's copy afterwards. The right to do it is checked
 * before, because who lacks it must not be able to lock anybody out. One round trip and one object call; if the change
 * then fails, the passkeys work again after a minute.
 */
export async function refusePasskeysOf(
  { actor, db, deps, now, origin }: Pick<AdminCall, 'actor' | 'db' | 'deps' | 'now' | 'origin'>,
  userId: string,
  credentialIds: RefusePasskeys['credential_ids'],
): Promise<void> {
  const [, users] = await db.runAll([assertMayManage(actor, userId), selectUserId(userId)])
  // The object of nobody stores nothing.
  if (!users?.length) return
  const refusal = { now, origin, user_id: userId, credential_ids: credentialIds, by: actingParty(actor) }
  await retryOnce(() => deps.sessionsOf(userId).refusePasskeys(refusal))
}
