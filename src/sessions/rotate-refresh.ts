/**
 * The refresh of one grant (RFC 6749 §6, RFC 9700 §4.14): `decideRefresh` with its consequences. Whether the token is
 * replaced by a successor is told by the caller, who knows the client's profile.
 */
import { createEvent } from '../audit/create-event.ts'
import type { AuditEventType, Origin } from '../audit/event.ts'
import { type AuthorizationDetail, areAmong } from '../protocol/authorization-details.ts'
import { areForOthers } from '../protocol/scope-parameter.ts'
import { type Confirmation, provesAll } from '../protocol/token-confirmation.ts'
import { decideRefresh, keepFamily, rotateFamily } from './decide-refresh.ts'
import { type Grant, type RefreshPolicy, reachableResources } from './grant.ts'
import { revokeGrant } from './revoke-grant.ts'
import type { ProofUse } from './spent-proof.ts'
import type { StoredGrant, SubjectState } from './subject-state.ts'

export interface RotateRefresh {
  readonly now: number
  readonly grant_id: string
  readonly client_id: string
  readonly presented_hash: string
  /** The presented token was issued to whoever showed the key of the grant. */
  readonly issued_to_key?: boolean | undefined
  /** The presented token stays the current one: there is no successor. */
  readonly keeps_token?: boolean
  readonly successor_hash: string
  /** The response to a retry, sealed under a key that only the presented token yields. */
  readonly replay: string
  /** Narrowed scope, if requested; must be within the grant (RFC 6749 §6). */
  readonly scopes?: readonly string[] | undefined
  readonly resources?: readonly string[] | undefined
  /** The client's profile demands that scopes of other APIs come with their resource. */
  readonly resource_required?: boolean
  /** Narrowed authorization details (RFC 9396 §6.1), if requested. */
  readonly authorization_details?: readonly AuthorizationDetail[] | undefined
  /** The resources the client may currently request; undefined: whatever was granted. */
  readonly registered_resources?: readonly string[] | undefined
  /** This server as a resource. */
  readonly issuer: string
  readonly policy: RefreshPolicy
  readonly access_token_expires_at: number
  /** What the client has proven to have. */
  readonly cnf?: Confirmation | undefined
  /** The client does not authenticate: what it gets is bound to the key it shows (RFC 9449 §5, RFC 8705 §4). */
  readonly binds_key?: boolean
  readonly proof?: ProofUse | undefined
  readonly origin: Origin
}

export type RotatedRefresh =
  | { readonly status: 'rotated'; readonly grant: Grant }
  /** The presented token stays the current one, without a bound on how often it is used. */
  | { readonly status: 'kept'; readonly grant: Grant }
  /** A retry inside the grace window: answer with `replay` again. */
  | { readonly status: 'replayed'; readonly grant: Grant; readonly replay: string }
  | { readonly status: 'invalid_scope' }
  | { readonly status: 'invalid_target' }
  | { readonly status: 'resource_missing' }
  | { readonly status: 'invalid_authorization_details' }
  /** The proof was used before. */
  | { readonly status: 'proof_used' }
  /** The grant is bound to a key that was not proven. */
  | { readonly status: 'other_key' }
  /** An old token was presented again: the family is now revoked (RFC 9700 §4.14). */
  | { readonly status: 'reused' }
  /** Unknown, expired, revoked, or another client's. */
  | { readonly status: 'refused' }

/** Exchanges the current token of a family for `successor_hash` unless it is kept, or returns the reason for refusal. */
export function rotateRefresh(state: SubjectState, input: RotateRefresh): RotatedRefresh {
  const stored = state.grants.find(input.grant_id)
  // Another client's token is treated like an unknown one and changes nothing, so that no client can sabotage another.
  if (!stored?.family || stored.revoked || stored.grant.client_id !== input.client_id)
    return { status: 'refused' }
  const { grant, family } = stored
  const isProven = provesAll(grant.cnf, input.cnf)
  const precedesKey = grant.bound_later && !input.issued_to_key
  // Before the token is judged. Attack: whoever copied a token of the key has the family of its owner revoked, or tries it
  // with a key of their own: without the right key nobody changes anything.
  if (!isProven && !precedesKey) return { status: 'other_key' }
  if (input.proof && state.spentProofs.has(input.proof)) return { status: 'proof_used' }
  const decision = decideRefresh(family, input.presented_hash, input.now, input.policy)

  if (decision.status === 'expired') return { status: 'refused' }
  // Attack: a thief binds a stolen token to a key of their own and is not noticed if its owner, who has none, comes back
  // within the grace window. Of two who have a token from before the key, one has copied it.
  if (decision.status === 'reused' || !isProven) {
    record(state, 'token.refresh_reused', stored, input)
    revokeGrant(state, stored, {
      now: input.now,
      origin: input.origin,
      reason: 'refresh_reused',
      actor: { actor_type: 'client', actor_id: grant.client_id },
    })
    return { status: 'reused' }
  }
  // Before anything is consumed: a client that requested too much may retry with the same token.
  if (!isWithin(input.scopes, grant.scopes)) return { status: 'invalid_scope' }
  // Without a scope the refresh is about all that was granted.
  if (input.resource_required && !input.resources && areForOthers(input.scopes ?? grant.scopes)) {
    return { status: 'resource_missing' }
  }
  if (!isWithin(input.resources, reachableResources(grant, input.issuer))) return { status: 'invalid_target' }
  if (!areAmong(input.authorization_details ?? [], grant.authorization_details ?? [])) {
    return { status: 'invalid_authorization_details' }
  }
  // When a client has lost all APIs of a grant, the grant must not become one for this server.
  if (isWithdrawn(grant, input)) return { status: 'invalid_target' }

  if (input.proof) state.spentProofs.add(input.proof, input.now)
  if (decision.status === 'replay') {
    record(state, 'token.replayed', stored, input)
    return { status: 'replayed', grant, replay: decision.replay }
  }
  const successor = { hash: input.successor_hash, replay: input.replay }
  const isBoundNow = input.binds_key && grant.cnf === undefined && input.cnf !== undefined
  state.grants.put({
    ...stored,
    ...(isBoundNow && { grant: { ...grant, cnf: input.cnf, bound_later: true } }),
    family: input.keeps_token
      ? keepFamily(family, input.now, input.policy)
      : rotateFamily(family, successor, input.now, input.policy),
    access_expires_at: Math.max(stored.access_expires_at, input.access_token_expires_at),
  })
  record(state, 'token.refreshed', stored, input)
  return { status: input.keeps_token ? 'kept' : 'rotated', grant }
}

const isWithin = (asked: readonly string[] | undefined, granted: readonly string[]): boolean =>
  asked?.every((value) => granted.includes(value)) ?? true

const isWithdrawn = (
  { resources }: Grant,
  { registered_resources: registered, issuer }: RotateRefresh,
): boolean =>
  registered !== undefined &&
  resources.length > 0 &&
  !resources.some((resource) => resource === issuer || registered.includes(resource))

function record(
  state: SubjectState,
  type: AuditEventType,
  { grant }: StoredGrant,
  input: RotateRefresh,
): void {
  state.record(
    createEvent(type, input.now, input.origin, {
      outcome: type === 'token.refresh_reused' ? 'failure' : 'success',
      actor_type: 'client',
      actor_id: grant.client_id,
      user_id: grant.user_id,
      client_id: grant.client_id,
      session_id: grant.session_id,
      data: {
        grant_id: grant.grant_id,
        ...(input.scopes && { scopes: input.scopes }),
        ...(type === 'token.refreshed' && input.keeps_token && { kept: true }),
      },
    }),
  )
}
