/**
 * Checks of an actor's permissions, as parts of statements: run in the transaction they protect, so that neither a race
 * nor a permission revoked a moment ago slips through. All such checks are in this file.
 */

import { type SQL, sql } from 'drizzle-orm'
import { textArray } from '../db/fragments.ts'
import type { Actor } from './actor.ts'
import { type Authorized, authorizationKey } from './authorized.ts'
import type { Permission } from './permissions.ts'

type Who = Pick<Actor, 'type' | 'id'>

/** Refuses (`AU403`) unless the actor has all permissions of the user. */
export const assertMayManage = ({ type, id }: Who, userId: string): SQL =>
  sql`select authly_assert_may_manage(${type}, ${id}, ${userId}::uuid)`

/** Refuses (`AU403`, `AU422`) unless all roles exist and the actor has their permissions. */
export const assertMayGrant = ({ type, id }: Who, roles: readonly string[]): SQL =>
  sql`select authly_assert_may_grant(${type}, ${id}, ${textArray(roles)})`

/** An expression that refuses (`AU403`) unless the actor has the permission, where only the statement knows which. */
export const requirePermission = ({ type, id }: Who, permission: SQL): SQL =>
  sql`authly_authorize(${type}, ${id}, ${permission})`

/** An expression: whether the actor has this permission too, within the scopes of its token. */
export const mayAlso = ({ type, id }: Who, permission: Permission): SQL =>
  sql`authly_covers(authly_permissions_of(${type}, ${id}), array[${permission}::text])`

/** A CTE without `with`: `held.permissions`, the actor's current permissions. For statements over many rows. */
export const heldPermissions = ({ type, id }: Who): SQL => sql`
  held as materialized (select authly_permissions_of(${type}, ${id}) as permissions)`

/** The same for the server itself, which has no rights that could be taken away: a cron job. */
export const allPermissions: SQL = sql`held as materialized (select array['*'] as permissions)`

/**
 * Whether the actor has all permissions of the row `users`, beside `held`. Attack: whoever resets the password of a
 * more privileged user can become that user.
 */
export const isManageable: SQL = sql`
  authly_covers(held.permissions, array(
    select distinct permission from roles, unnest(roles.permissions) as permission
    where roles.name = any (users.roles)))`

/**
 * Refuses (`AU403`) unless the actor has all of `permissions`. Attack: creating a role or client with more permissions
 * than one's own.
 */
export const assertHolds = (actor: Who, permissions: readonly string[]): SQL =>
  assertHoldsAll(actor, textArray(permissions))

/** Refuses (`AU403`) unless the actor may change the role: not a built-in one, their own, or a more privileged one. */
export const assertMayChangeRole = ({ type, id }: Who, role: string): SQL =>
  sql`select authly_assert_may_change_role(${type}, ${id}, ${role})`

/** Refuses (`AU403`) unless the actor has the permissions of the role; what it demands of sign-ins is no privilege. */
export const assertMayDemandOfRole = (actor: Who, role: string): SQL =>
  assertHoldsAll(actor, sql`array(select unnest(permissions) from roles where name = ${role})`)

/** Refuses (`AU403`) unless the actor has the admin scopes of the client and those in `wanted`. */
export const assertMayManageClient = (actor: Who, clientId: string, wanted: readonly string[] = []): SQL =>
  assertHoldsAll(
    actor,
    sql`array(
    select scope from clients, unnest(scopes) as scope where client_id = ${clientId} and scope like 'admin:%'
    union select scope from jsonb_array_elements_text(${JSON.stringify(wanted)}::jsonb) as scope
    where scope like 'admin:%')`,
  )

/**
 * Attack: a service account that must sign its requests, or use certain addresses, creates or changes a client without
 * these restrictions and acts as that client. These statements surround a write of the client; they refuse (`AU403`)
 * when the result is registered for the admin API and less restricted than the acting client.
 */
export const asRestricted = (
  { clientId }: Pick<Actor, 'clientId'>,
  writtenId: string,
): { readonly before: SQL; readonly after: SQL } => ({
  before: sql`select authly_note_restrictions(${clientId})`,
  after: sql`select authly_assert_as_restricted(${writtenId})`,
})

/** `key` (`authorizationKey`) of the authorizations that no longer hold. */
export function selectUnauthorized(all: readonly Authorized[]): SQL {
  const byKey = new Map(all.map((authorized) => [authorizationKey(authorized), authorized]))
  const rows = [...byKey].map(([key, { actor, ...rest }]) => ({ key, ...actor, ...rest }))
  return sql`
    select key from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as asked (key text, type text, id text, "clientId" text, scopes jsonb, permission text)
    where not authly_client_still_registered("clientId", permission) or not authly_covers(
      authly_token_permissions(type, id, array(select jsonb_array_elements_text(scopes))), array[permission])`
}

/**
 * An expression: whether an authorization that a column (jsonb) keeps still holds, for all of these permissions. For
 * work that goes on while nobody asks.
 */
export const mayStillDo = (authorized: SQL, permissions: readonly Permission[]): SQL => sql`(
  ${sql.join(
    permissions.map(
      (permission) =>
        sql`authly_client_still_registered(${authorized} #>> '{actor,clientId}', ${permission})`,
    ),
    sql` and `,
  )}
  and authly_covers(
    authly_token_permissions(${authorized} #>> '{actor,type}', ${authorized} #>> '{actor,id}',
      array(select jsonb_array_elements_text(${authorized} -> 'scopes'))),
    ${textArray(permissions)}))`

const assertHoldsAll = ({ type, id }: Who, permissions: SQL): SQL =>
  sql`select authly_assert_covers(${type}, ${id}, ${permissions})`
