/** `POST /account/applications/withdraw`: an application loses what its user has allowed it. */

import { createEvent } from '../audit/create-event.ts'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { retryOnce } from '../kit/retry-once.ts'
import { goTo } from '../pages/page.ts'
import { readAccountForm } from './account-form.ts'

/** Of a client id (RFC 6749 appendix A.1). */
const clientId = /^[\x20-\x7e]{1,255}$/

export const applicationRoutes = new DescribedRoutes<AppEnv>().describe(
  {
    id: 'withdrawOwnApplication',
    method: 'post',
    path: '/account/applications/withdraw',
    summary: 'Withdraws the access of an application',
    tag: 'Account',
    responses: { 303: 'Done, back to the applications; or not signed in', ...pageFormRefusals },
  },
  async (c) => {
    const request = await readAccountForm(c, '/account/applications')
    if (!request.ok) return request.error
    const { session, form } = request.value
    const { user_id, session_id } = session
    const client_id = form.get('client_id') ?? ''
    const { deps, origin } = c.env
    // One that is unknown, or has nothing of this person, gets the same answer.
    if (clientId.test(client_id)) {
      const now = deps.now()
      const actor = { actor_type: 'user', actor_id: user_id } as const
      const event = createEvent('consent.revoked', now, origin, {
        ...{ outcome: 'success', ...actor, user_id, client_id, session_id },
        ...{ entity_type: 'consent', entity_id: `${user_id}:${client_id}`, data: { reason: 'user' } },
      })
      await (await deps.openOwnAccount()).removeConsent(user_id, client_id, event)
      // After Postgres, or a concurrent silent sign-in would copy the consent again.
      await retryOnce(() => deps.sessionsOf(user_id).forgetConsent({ now, origin, client_id, by: actor }))
    }
    return goTo('/account/applications?done=withdrawn')
  },
)
