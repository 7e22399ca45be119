/**
 * The only access to Postgres on behalf of an actor. Every batch first checks, in its own transaction, that the actor
 * may do this now with this token: no operation, job or stream can forget the check, and a revoked permission is
 * refused at once (docs/decisions/0030).
 */
import { type SQL, sql } from 'drizzle-orm'
import { textArray } from '../db/fragments.ts'
import type { Row, RunBatch } from '../db/run-batch.ts'
import type { Authorized } from './authorized.ts'
import { permissionNames } from './permissions.ts'

export interface AuthorizedDatabase {
  /** Runs one statement and returns its rows. One round trip. */
  run(statement: SQL): Promise<readonly Row[]>
  /** Runs several statements in one transaction and returns the rows of each. One round trip. */
  runAll(statements: readonly SQL[]): Promise<readonly (readonly Row[])[]>
  /** Whether events that were written are to be sent somewhere, as the last batch saw it. */
  readonly hasWebhooks: boolean
}

/** Opens Postgres for an authorization; anything beyond it is refused there. */
export type DatabaseFor = (authorized: Authorized) => Promise<AuthorizedDatabase>

/** @throws what Postgres raises: `AU403` when the actor may not do this (see `problem-of-error.ts`) */
export function createAuthorizedDatabase(runBatch: RunBatch, authorized: Authorized): AuthorizedDatabase {
  const guard = refuseUnlessAuthorized(authorized)
  let hasWebhooks = false
  const runAll = async (statements: readonly SQL[]) => {
    const [guarded, ...rows] = await runBatch([guard, ...statements])
    hasWebhooks = guarded?.[0]?.['has_webhooks'] === true
    return rows
  }
  return {
    runAll,
    get hasWebhooks() {
      return hasWebhooks
    },
    async run(statement) {
      const [rows = []] = await runAll([statement])
      return rows
    },
  }
}

/**
 * Refuses (`AU403`) unless the actor has the permission and the client is enabled and registered for it, and (`AU401`)
 * unless the sign-in is as strong as the roles demand; limits the rest of the transaction to the token's scopes, and tells its triggers who acts. Attack: using a token with few scopes to reach all of its holder's
 * permissions by way of other users or clients.
 */
const refuseUnlessAuthorized = ({ actor, scopes, permission, reached = [] }: Authorized): SQL => sql`
  select set_config('authly.token_scopes', ${effectiveScopes(scopes).join(' ')}, true),
    set_config('authly.actor', ${`${actor.type}:${actor.id}`}, true),
    authly_authorize(${actor.type}, ${actor.id}, ${permission}),
    authly_assert_sign_in(${actor.type}, ${actor.id}, ${textArray(reached)}),
    authly_assert_client(${actor.clientId}, ${permission}),
    exists (select from webhook_endpoints where enabled) as has_webhooks`

/**
 * A token with every administrative scope, and only such a token, also covers `*`, the permission of administrator
 * roles.
 */
const effectiveScopes = (scopes: readonly string[]): readonly string[] =>
  permissionNames.every((name) => scopes.includes(name)) ? [...scopes, '*'] : scopes
