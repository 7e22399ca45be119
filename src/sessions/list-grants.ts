/** What applications hold of a person, one entry each: for the page where access is withdrawn. */
import type { AuthorizationDetail } from '../protocol/authorization-details.ts'
import { grantEnd, isOffline } from './limit-grants.ts'
import type { StoredGrant, SubjectState } from './subject-state.ts'

export interface GrantedClient {
  readonly client_id: string
  readonly scopes: readonly string[]
  /** RFC 9396. */
  readonly authorization_details: readonly AuthorizationDetail[]
  /** Whether it has access while the person is away (`offline_access`). */
  readonly keeps_access: boolean
  /** When a refresh token was last used or given; undefined where there is none (milliseconds since the Unix epoch). */
  readonly last_used_at: number | undefined
}

/** By living grants, in order of the clients' ids. */
export function listGrants(state: SubjectState, { now }: { readonly now: number }): readonly GrantedClient[] {
  const clients = new Map<string, GrantedClient>()
  for (const stored of state.grants.allLive()) {
    if (now >= grantEnd(stored)) continue
    const { client_id } = stored.grant
    clients.set(client_id, merge(clients.get(client_id), stored))
  }
  return [...clients.values()].toSorted((left, right) => (left.client_id < right.client_id ? -1 : 1))
}

const merge = (known: GrantedClient | undefined, { grant, family }: StoredGrant): GrantedClient => {
  const uses = [known?.last_used_at, family?.rotated_at].filter((at) => at !== undefined)
  return {
    client_id: grant.client_id,
    scopes: [...new Set([...(known?.scopes ?? []), ...grant.scopes])],
    authorization_details: [...(known?.authorization_details ?? []), ...(grant.authorization_details ?? [])],
    keeps_access: known?.keeps_access === true || isOffline(grant),
    last_used_at: uses.length > 0 ? Math.max(...uses) : undefined,
  }
}
