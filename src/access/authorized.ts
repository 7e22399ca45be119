/**
 * Proof that a token authorizes its holder to do something. Everything that acts on Postgres for an actor (a request, a
 * step of a job, a page of a stream) needs one and is checked against it again in the same transaction
 * (`authorized-database.store.ts`). Plain data: jobs and streams store it.
 */
import type { Actor, LiveToken } from './actor.ts'
import type { Permission } from './permissions.ts'

declare const authenticated: unique symbol

export interface Authorized {
  /** Only `authorize` creates one. */
  readonly [authenticated]: true
  readonly actor: Actor
  /** Administrative scopes of the token: they limit what the actor can do with it. */
  readonly scopes: readonly string[]
  readonly permission: Permission
  /** Authentication context classes of the sign-in: roles may demand one. Absent for clients. */
  readonly reached?: readonly string[] | undefined
}

/** An authorization that outlives its request, with its token: both are checked again while it is used. */
export interface LastingAuthorization {
  readonly authorized: Authorized
  readonly token: LiveToken
}

/** Equal for equal authorizations. */
export const authorizationKey = ({ actor, scopes, permission }: Authorized): string =>
  JSON.stringify([actor.type, actor.id, actor.clientId, permission, scopes])

/** Reduced to its own permission, for a stream that only reads and concerns nobody else's permissions. */
export const narrow = (authorized: Authorized): Authorized => ({
  ...authorized,
  scopes: authorized.scopes.filter((scope) => scope === authorized.permission),
})
