/** May this session's person change their factors now? One rule for the account page and for what a sign-in offers. */
import { type FreshSignInNeeded, requireFresh } from '../authentication/fresh-sign-in.ts'
import type { AccountFactors } from '../authentication/sign-in-state.ts'
import type { Clock } from '../kit/clock.ts'
import type { LiveSession } from '../sessions/session.ts'
import type { ReadSettings } from '../settings/settings.ts'
import type { FindUserForStepUp, User } from '../users/user.ts'

interface FreshFactors {
  readonly user: User
  readonly factors: AccountFactors
  readonly needed: FreshSignInNeeded | undefined
}

/**
 * The person, their factors, and the sign-in that a change of them needs first; without `needed` they may be changed.
 * Undefined: there is no such account any more. One round trip to Postgres.
 */
export async function findFreshFactors(
  needs: {
    readonly now: Clock
    readonly readSettings: ReadSettings
    readonly findUserForStepUp: FindUserForStepUp
  },
  session: LiveSession,
): Promise<FreshFactors | undefined> {
  const [person, settings] = await Promise.all([
    needs.findUserForStepUp(session.user_id),
    needs.readSettings(),
  ])
  if (!person) return undefined
  const maxAgeSeconds = settings['sign_in.factor_change_max_age_seconds']
  const { user, factors } = person
  return { user, factors, needed: requireFresh(session, factors, { now: needs.now(), maxAgeSeconds }) }
}
