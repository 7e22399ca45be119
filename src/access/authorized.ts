/**
 * That somebody may do something, by a token that brings the right. Whatever acts on Postgres in somebody's name, a
 * request, a step of a job or a page of a stream, needs one and is checked by it again in the very transaction
 * (`authorized-database.store.ts`). Plain data: jobs and streams keep it.
 */
import type { Actor, LiveToken } from './actor.ts'
import type { Permission } from './permissions.ts'

declare const authenticated: unique symbol

export interface Authorized {
  /** Only `authorize` makes one. */
  readonly [authenticated]: true
  readonly actor: Actor
  /** Administrative scopes of the token: nothing is done by it that they do not cover, whatever the actor may do. */
  readonly scopes: readonly string[]
  readonly permission: Permission
}

/** An authorization that outlives its request, with the token behind it: both are asked about while it is used. */
export interface LastingAuthorization {
  readonly authorized: Authorized
  readonly token: LiveToken
}

/** One name for equal ones. */
export const authorizationKey = ({ actor, scopes, permission }: Authorized): string =>
  JSON.stringify([actor.type, actor.id, actor.clientId, permission, scopes])

/** The same for what needs its permission alone: a stream reads, and concerns nobody else's rights. */
export const narrow = (authorized: Authorized): Authorized => ({
  ...authorized,
  scopes: authorized.scopes.filter((scope) => scope === authorized.permission),
})
