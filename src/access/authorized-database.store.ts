/**
 * The only way to Postgres in somebody's name. Every batch begins with the question whether this actor may do this
 * now by this token, in the transaction that does it: no operation, job or stream can forget the check, and a right
 * withdrawn a moment ago counts at once (docs/decisions/0030).
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Row, RunBatch } from '../db/run-batch.ts'
import type { Authorized } from './authorized.ts'
import { permissionNames } from './permissions.ts'

export interface AuthorizedDatabase {
  /** One statement; its rows. One round trip. */
  run(statement: SQL): Promise<readonly Row[]>
  /** Several statements in one transaction; the rows of each. One round trip. */
  runAll(statements: readonly SQL[]): Promise<readonly (readonly Row[])[]>
}

/** Opens Postgres for what somebody is authorized to; the rest is refused there. */
export type DatabaseFor = (authorized: Authorized) => Promise<AuthorizedDatabase>

/** @throws what Postgres raises: `AU403` when the actor may not do this (see `problem-of-error.ts`) */
export function createAuthorizedDatabase(runBatch: RunBatch, authorized: Authorized): AuthorizedDatabase {
  const guard = refuseUnlessAuthorized(authorized)
  const runAll = async (statements: readonly SQL[]) => (await runBatch([guard, ...statements])).slice(1)
  return {
    runAll,
    async run(statement) {
      const [rows = []] = await runAll([statement])
      return rows
    },
  }
}

/**
 * Refuses (`AU403`) unless the actor has the permission and the client is enabled and registered for it, and holds the
 * rest of the transaction to the scopes of the token. Attack: a token of few scopes reaches, by way of other people or
 * clients, what its holder may do.
 */
const refuseUnlessAuthorized = ({ actor, scopes, permission }: Authorized): SQL => sql`
  select set_config('authly.token_scopes', ${effectiveScopes(scopes).join(' ')}, true),
    authly_authorize(${actor.type}, ${actor.id}, ${permission}),
    authly_assert_client(${actor.clientId}, ${permission})`

/** A token with every administrative scope, and no other, also brings `*`, which roles of administrators hold. */
const effectiveScopes = (scopes: readonly string[]): readonly string[] =>
  permissionNames.every((name) => scopes.includes(name)) ? [...scopes, '*'] : scopes
