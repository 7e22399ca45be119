/** Shared by operations on another user's account: refusing one's own account, and ending sessions afterwards. */

import type { Actor } from '../../access/actor.ts'
import type { EventActor } from '../../audit/event.ts'
import { retryOnce } from '../../kit/retry-once.ts'
import type { NoticeKind } from '../../recovery/notices.ts'
import type { EndAllSessions } from '../../sessions/end-session.ts'
import type { AdminCall } from '../operation.ts'
import { accountProblem } from './account-problems.ts'

/** Administrators reset their own credentials on the account page. */
export const ownAccount = accountProblem('yourself')

export const isOwn = (actor: Actor, userId: string): boolean => actor.type === 'user' && actor.id === userId

export const actingParty = (actor: Actor): EventActor => ({ actor_type: actor.type, actor_id: actor.id })

/**
 * Ends all sessions and grants of a user, in one object call. Called after Postgres has disabled or deleted the account
 * or removed its password, so that the user cannot sign in again meanwhile; safe to repeat.
 */
export async function endAllSessionsOf(
  { actor, deps, origin }: Pick<AdminCall, 'actor' | 'deps' | 'origin'>,
  userId: string,
  what: Pick<EndAllSessions, 'reason' | 'forget'> = {},
): Promise<void> {
  await retryOnce(() =>
    deps.sessionsOf(userId).endAllSessions({ now: deps.now(), origin, by: actingParty(actor), ...what }),
  )
}

/**
 * Tells the owner of an account, after the answer, what an administrator did to it. Attack: an administrator makes a way into
 * an account, and its owner sees nothing. On what device they sit is theirs.
 */
export const tellOwner = (
  { deps, origin }: Pick<AdminCall, 'deps' | 'origin'>,
  userId: string,
  kind: NoticeKind,
): void => deps.notify(kind, userId, { ...origin, user_agent: undefined })
