/** After a consent is withdrawn, silent sign-ins must ask again, and the client's tokens become invalid. */

import type { EventActor, Origin } from '../audit/event.ts'
import { revokeGrant } from './revoke-grant.ts'
import type { SubjectState } from './subject-state.ts'

export interface ForgetConsent {
  readonly now: number
  readonly origin: Origin
  readonly client_id: string
  readonly by: EventActor
}

/**
 * Deletes the copy of the consent and revokes every grant of the client, including those with `offline_access`.
 * @returns whether there was anything to revoke
 */
export function forgetConsent(state: SubjectState, input: ForgetConsent): boolean {
  const consent = state.consents.find(input.client_id)
  if (consent) state.consents.delete(input.client_id)
  // Expired grants are deleted already, but jobs may still run on their delegations.
  state.delegations.withdraw({ of: 'client_id', is: input.client_id })
  const grants = state.grants.allLive().filter(({ grant }) => grant.client_id === input.client_id)
  for (const stored of grants) {
    const { now, origin, by } = input
    revokeGrant(state, stored, { now, origin, reason: 'consent_revoked', actor: by })
  }
  return consent !== undefined || grants.length > 0
}
