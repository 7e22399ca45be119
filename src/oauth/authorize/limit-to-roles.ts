/**
 * Of the admin scopes that are asked for, only those reach the consent page and the grant whose permissions the person's
 * roles give: the server may narrow a scope, and the token response says what is left (RFC 6749 §3.3). Costs a query, for
 * requests with admin scopes alone.
 */
import type { FindHeldPermissions } from '../../access/permissions.ts'
import type { Interaction } from '../../interaction/interaction.ts'
import { isAdminScope } from '../../protocol/scope-parameter.ts'
import type { LiveSession } from '../../sessions/session.ts'
import type { AuthorizeRequest } from './stages.ts'

export type LimitedRequest = AuthorizeRequest & {
  /** Scopes were left out that are not this person's to give; wholly: and nothing else is asked for. */
  readonly limited?: 'partly' | 'wholly' | undefined
  /** Of what the person was shown nothing is left, while their roles give something else that was asked for. */
  readonly asks_anew?: true | undefined
}

export async function limitToRoles(
  { findHeldPermissions }: { readonly findHeldPermissions: FindHeldPermissions },
  request: AuthorizeRequest,
  session: LiveSession,
  progress: Pick<Interaction, 'prompt_done' | 'consent'> | undefined,
): Promise<LimitedRequest> {
  const asked = request.scopes.filter(isAdminScope)
  if (asked.length === 0) return request
  const held = await findHeldPermissions(session.user_id, asked)
  const limited = limitTo(request, held)
  const shown = shownTo(session, progress)
  if (!shown || limited.limited === 'wholly') return limited
  const narrower = limitTo(
    request,
    held.filter((scope) => shown.includes(scope)),
  )
  return narrower.limited === 'wholly' ? { ...limited, asks_anew: true } : narrower
}

function limitTo(request: AuthorizeRequest, left: readonly string[]): LimitedRequest {
  const scopes = request.scopes.filter((scope) => !isAdminScope(scope) || left.includes(scope))
  if (scopes.length === request.scopes.length) return request
  // To be remembered while away is nothing by itself.
  const isNothing =
    scopes.every((scope) => scope === 'offline_access') && request.authorization_details.length === 0
  return { ...request, scopes, limited: isNothing ? 'wholly' : 'partly' }
}

/** Attack: an earlier consent fills in what a role given since the page was shown allows, and nobody has seen it. */
const shownTo = (
  { session_id }: LiveSession,
  progress: Pick<Interaction, 'prompt_done' | 'consent'> | undefined,
): readonly string[] | undefined =>
  progress?.prompt_done.consent && progress.consent?.session_id === session_id
    ? progress.consent.scopes
    : undefined
