/** Tells a client that a session has ended (OpenID Connect Back-Channel Logout 1.0 §2.5). */
import type { FindClient } from '../clients/client.ts'
import type { Clock } from '../kit/clock.ts'
import type { FetchRefusal, GuardedPost } from '../kit/guarded-fetch.ts'
import type { DueLogout } from '../sessions/participant-types.ts'
import type { LogoutOutcome } from './decide-logout.ts'
import { issueLogoutToken, type LogoutTokenNeeds } from './logout-token.ts'

export interface DeliverLogoutNeeds extends LogoutTokenNeeds {
  readonly now: Clock
  readonly findClient: FindClient
  readonly post: GuardedPost
}

export async function deliverLogout(needs: DeliverLogoutNeeds, logout: DueLogout): Promise<LogoutOutcome> {
  const client = await needs.findClient(logout.client_id)
  const uri = client?.backchannel_logout_uri
  if (!client || uri === undefined) return { outcome: 'unwanted' }
  const logout_token = await issueLogoutToken(needs, client, logout, needs.now())
  const answer = await needs.post(uri, new URLSearchParams({ logout_token }))
  // §2.8: 200, and 204 because frameworks answer so.
  return answer.ok ? { outcome: 'delivered' } : outcomeOf(answer.error)
}

function outcomeOf(refusal: FetchRefusal): LogoutOutcome {
  switch (refusal.kind) {
    case 'address_refused':
      return { outcome: 'refused', reason: refusal.kind }
    case 'bad_status':
      // §2.8: the request was not valid, or the client was not able to sign the person out.
      return { outcome: refusal.status === 400 ? 'refused' : 'failed', reason: `http_${refusal.status}` }
    default:
      return { outcome: 'failed', reason: refusal.kind }
  }
}
