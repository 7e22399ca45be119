/**
 * Who may change which client. Attack: somebody who may edit clients, and little else, adds a secret, a key or a
 * redirect URI to a client that holds admin scopes and then speaks as it. So a client is managed only by those who
 * hold every admin scope it is registered for, and nobody gives a client one that they lack.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { Actor } from '../actor.ts'
import { forbidden } from '../problems.ts'

/** A service account does not edit itself: its own limits (addresses, signatures) would be its to lift. */
export const checkNotItself = (actor: Actor, clientId: string): Result<undefined, Problem> =>
  actor.type === 'client' && actor.id === clientId
    ? err(forbidden('Nobody changes their own privileges.'))
    : ok(undefined)

/** A statement that refuses unless the actor holds the admin scopes of the client and those in `wanted`. */
export const assertMayManageClient = (
  actor: Pick<Actor, 'type' | 'id'>,
  clientId: string,
  wanted: readonly string[] = [],
): SQL => sql`
  select authly_assert_covers(${actor.type}, ${actor.id}, array(
    select scope from clients, unnest(scopes) as scope where client_id = ${clientId} and scope like 'admin:%'
    union select scope from jsonb_array_elements_text(${JSON.stringify(wanted)}::jsonb) as scope
    where scope like 'admin:%'))`

/**
 * Attack: a service account whose requests must be signed, or come from certain addresses, makes or changes another
 * client that need not, and speaks as that one. Statements around a write of the client; they refuse (`AU403`) when
 * the result is registered for the admin API and less restricted than the client that is acting.
 */
export const asRestricted = (
  { clientId }: Pick<Actor, 'clientId'>,
  writtenId: string,
): { readonly before: SQL; readonly after: SQL } => ({
  before: sql`select authly_note_restrictions(${clientId})`,
  after: sql`select authly_assert_as_restricted(${writtenId})`,
})

/** Locks the client until the transaction ends; refuses with 404 when there is none. */
export const lockClient = (clientId: string): readonly SQL[] => [
  sql`select 1 from clients where client_id = ${clientId} for update`,
  sql`select authly_refuse('AU404', 'client') where not exists (select 1 from clients where client_id = ${clientId})`,
]
