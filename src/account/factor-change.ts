/**
 * What every change of factors passes first: a recent sign-in that is as strong as the factors are
 * (`src/authentication/fresh-sign-in.ts`). And the parts that the use cases need.
 */

import type { Context } from 'hono'
import { freshSignInPath, type NextPath, nextPaths } from '../authentication/fresh-sign-in.ts'
import type { AccountFactors } from '../authentication/sign-in-state.ts'
import type { AppEnv, Dependencies } from '../dependencies.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { retryOnce } from '../kit/retry-once.ts'
import { findFreshFactors } from '../login/find-fresh-factors.ts'
import type { GeneratorNeeds } from '../one-time-passwords/manage-generators.ts'
import { goTo } from '../pages/page.ts'
import type { Parameters } from '../protocol/parameters.ts'
import type { LiveSession } from '../sessions/session.ts'
import type { User } from '../users/user.ts'
import { readAccountForm, requireSession } from './account-form.ts'

export interface FactorChange {
  readonly session: LiveSession
  readonly user: User
  readonly factors: AccountFactors
}

/** The session, if its person has just signed in as strongly as they can; else the way to such a sign-in. */
export async function requireFactorChange(
  c: Context<AppEnv>,
  next: NextPath,
): Promise<Result<FactorChange, Response>> {
  const session = await requireSession(c)
  return session.ok ? checkFresh(c, session.value, next) : session
}

/** The same for a form. */
export async function readFactorForm(
  c: Context<AppEnv>,
  next: NextPath,
): Promise<Result<FactorChange & { readonly form: Parameters }, Response>> {
  const request = await readAccountForm(c, nextPaths[next])
  if (!request.ok) return request
  const change = await checkFresh(c, request.value.session, next)
  return change.ok ? ok({ ...change.value, form: request.value.form }) : change
}

async function checkFresh(
  c: Context<AppEnv>,
  session: LiveSession,
  next: NextPath,
): Promise<Result<FactorChange, Response>> {
  const found = await findFreshFactors(c.env.deps, session)
  if (!found) return err(goTo('/login'))
  const { user, factors, needed } = found
  return needed ? err(goTo(freshSignInPath(next, needed))) : ok({ session, user, factors })
}

/** What changing generators takes, from what a request has. */
export const generatorNeeds = (deps: Dependencies): GeneratorNeeds => ({
  now: deps.now,
  root: deps.root,
  openOtpStore: deps.openOtpStore,
  async factorsChanged(change) {
    await retryOnce(() => deps.sessionsOf(change.user_id).factorsChanged(change))
  },
  listOtpUses: (userId) => deps.sessionsOf(userId).listOtpUses(),
})
