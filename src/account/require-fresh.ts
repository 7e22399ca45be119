/**
 * The account's pages that change factors need a recent sign-in that is as strong as the factors are
 * (`src/authentication/fresh-sign-in.ts`).
 */
import {
  freshSignInPath,
  type NextPath,
  type OwnFactors,
  requireFresh,
} from '../authentication/fresh-sign-in.ts'
import type { Clock } from '../kit/clock.ts'
import type { LiveSession } from '../sessions/session.ts'
import type { ReadSettings } from '../settings/settings.ts'

/**
 * Where to sign in again first; undefined: factors may be changed in this session.
 * @param next the page that the sign-in leads back to
 */
export async function freshSignInFirst(
  needs: { readonly now: Clock; readonly readSettings: ReadSettings },
  session: LiveSession,
  factors: OwnFactors,
  next: NextPath,
): Promise<string | undefined> {
  const settings = await needs.readSettings()
  const maxAgeSeconds = settings['sign_in.factor_change_max_age_seconds']
  const needed = requireFresh(session, factors, { now: needs.now(), maxAgeSeconds })
  return needed && freshSignInPath(next, needed)
}
