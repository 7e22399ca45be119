/**
 * Who may change which client. Attack: a caller who may edit clients, and little else, adds a secret, a key or a
 * redirect URI to a client that holds admin scopes, and then acts as that client. So managing a client requires every
 * admin scope it is registered for (`assertMayManageClient`), and nobody can give a client an admin scope they lack.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../access/actor.ts'
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { forbidden } from '../problems.ts'

/** A service account cannot edit itself: it could lift its own restrictions (addresses, signatures). */
export const checkNotItself = (actor: Actor, clientId: string): Result<undefined, Problem> =>
  actor.type === 'client' && actor.id === clientId
    ? err(forbidden('Nobody changes their own privileges.'))
    : ok(undefined)

/** Locks the client until the transaction ends; refuses with 404 when there is none. */
export const lockClient = (clientId: string): readonly SQL[] => [
  sql`select 1 from clients where client_id = ${clientId} for update`,
  sql`select authly_refuse('AU404', 'client') where not exists (select 1 from clients where client_id = ${clientId})`,
]
