/** Shared by operations on another user's account: refusing one's own account, and ending sessions afterwards. */

import type { Actor } from '../../access/actor.ts'
import { assertMayManage } from '../../access/rights.store.ts'
import type { EventActor } from '../../audit/event.ts'
import type { EndAllSessions } from '../../sessions/end-session.ts'
import type { RefusePasskeys } from '../../sessions/refuse-passkeys.ts'
import type { AdminCall } from '../operation.ts'
import { accountProblem } from './account-problems.ts'
import { selectUserId } from './user.store.ts'

/** Administrators reset their own credentials on the account page. */
export const ownAccount = accountProblem('yourself')

export const isOwn = (actor: Actor, userId: string): boolean => actor.type === 'user' && actor.id === userId

export const actingParty = (actor: Actor): EventActor => ({ actor_type: actor.type, actor_id: actor.id })

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
  const refuse = () => deps.sessionsOf(userId).refusePasskeys(refusal)
  await refuse().catch(refuse)
}

/**
 * Ends all sessions and grants of a user, in one object call. Called after Postgres has disabled or deleted the account
 * or removed its password, so that the user cannot sign in again meanwhile; safe to repeat.
 */
export async function endAllSessionsOf(
  { actor, deps, origin }: Pick<AdminCall, 'actor' | 'deps' | 'origin'>,
  userId: string,
  what: Pick<EndAllSessions, 'reason' | 'forget'> = {},
): Promise<void> {
  const end = () =>
    deps.sessionsOf(userId).endAllSessions({ now: deps.now(), origin, by: actingParty(actor), ...what })
  // Retried once, because an object that just moved fails the first call.
  await end().catch(end)
}
