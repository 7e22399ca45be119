/** What operations on somebody else's account have in common: not on oneself, and sessions that end afterwards. */

import type { Actor } from '../../access/actor.ts'
import type { EventActor } from '../../audit/event.ts'
import type { EndAllSessions } from '../../sessions/end-session.ts'
import type { AdminCall } from '../operation.ts'
import { accountProblem } from './account-problems.ts'

/** Who resets their own credentials has the account page for it. */
export const ownAccount = accountProblem('yourself')

export const isOwn = (actor: Actor, userId: string): boolean => actor.type === 'user' && actor.id === userId

export const actingParty = (actor: Actor): EventActor => ({ actor_type: actor.type, actor_id: actor.id })

/**
 * Ends all sessions and grants of a person, in one object call. Comes after Postgres, in which the account is
 * disabled, deleted or without its password by then: nobody signs in again meanwhile, and repeating ends it.
 */
export async function endAllSessionsOf(
  { actor, deps, origin }: Pick<AdminCall, 'actor' | 'deps' | 'origin'>,
  userId: string,
  what: Pick<EndAllSessions, 'reason' | 'forget'> = {},
): Promise<void> {
  const end = () =>
    deps.sessionsOf(userId).endAllSessions({ now: deps.now(), origin, by: actingParty(actor), ...what })
  // An object that just moved answers the second time.
  await end().catch(end)
}
