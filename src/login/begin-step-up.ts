/** A sign-in that goes on from a live session: only what is missing is asked. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { readRemembered, rememberedProofOf } from '../interaction/remembered-cookie.ts'
import { readSession } from '../interaction/session-cookie.ts'
import { randomToken, uuidv7 } from '../kit/ids.ts'
import { identifierMac } from '../sessions/identifier-mac.ts'
import { identifierForm } from '../users/normal-form.ts'
import type { OpenSignIn } from './open-sign-in.ts'
import { readSignals } from './read-signals.ts'

/**
 * `enough`: nothing more is demanded that the account can reach. `none`: there is no session, or it is too old for what is
 * missing.
 */
export type StepUp =
  | { readonly status: 'begun'; readonly signIn: OpenSignIn }
  | { readonly status: 'enough' | 'none' }

/** One round trip to Postgres and one call of the person's object. */
export async function stepUp(c: Context<AppEnv>, signIn: OpenSignIn): Promise<StepUp> {
  const { deps, origin } = c.env
  const cookies = c.req.header('cookie')
  const cookie = await readSession(deps, cookies)
  if (!cookie) return { status: 'none' }
  const { user_id, session_id } = cookie.routing
  const person = await deps.findUserForStepUp(user_id)
  if (!person) return { status: 'none' }
  const now = deps.now()
  const names = [person.user.email, person.user.username].filter((name) => name !== undefined)
  const [remembered, identifier_macs] = await Promise.all([
    readRemembered(deps, cookies, now),
    Promise.all(names.map((name) => identifierMac(deps.root, identifierForm(name)))),
  ])
  const handle = { pending_id: uuidv7(now), secret_hash: randomToken() }
  const steppedUp = await deps.sessionsOf(user_id).stepUpSession({
    ...{ now, user_id, origin, session_id, secret_hash: cookie.secretHash },
    remembered: rememberedProofOf(remembered, user_id),
    factor_change_max_age_seconds: signIn.settings['sign_in.factor_change_max_age_seconds'],
    pending: {
      ...handle,
      ...{ identifier_macs, otp_seeds: person.otp_seeds, password_hash_digest: undefined },
      policy: signIn.policy,
      account: person.factors,
      signals: readSignals(c.req.raw, origin),
    },
  })
  if (steppedUp.status !== 'pending') return steppedUp
  const progress = {
    ...signIn.progress,
    identifier: person.user.email ?? person.user.username,
    pending: { user_id, ...handle },
  }
  return { status: 'begun', signIn: { ...signIn, progress, pending: steppedUp.pending } }
}
