/**
 * The only way from an admin operation to Postgres. Every batch starts with the question whether the actor may
 * do this now, in the transaction that does it: no operation can forget the check, and a right withdrawn a
 * moment ago counts at once (docs/decisions/0019).
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Row, RunBatch } from '../db/run-batch.ts'
import type { Actor } from './actor.ts'
import type { Permission } from './permissions.ts'

export interface AuthorizedDatabase {
  /** One statement; its rows. One round trip. */
  run<R extends Row = Row>(statement: SQL): Promise<readonly R[]>
  /** Several statements in one transaction; the rows of each. One round trip. */
  runAll(statements: readonly SQL[]): Promise<readonly (readonly Row[])[]>
}

/** @throws what Postgres raises: `AU403` when the actor lacks the permission (see `problem-of-error.ts`) */
export function createAuthorizedDatabase(
  runBatch: RunBatch,
  actor: Pick<Actor, 'type' | 'id' | 'scopes'>,
  permission: Permission,
): AuthorizedDatabase {
  // Attack: a token of few scopes reaches, by way of other people or clients, what its holder may do.
  const lent = actor.scopes.join(' ')
  const guard = sql`select set_config('authly.token_scopes', ${lent}, true), authly_authorize(${actor.type}, ${actor.id}, ${permission})`
  const runAll = async (statements: readonly SQL[]) => (await runBatch([guard, ...statements])).slice(1)
  return {
    runAll,
    async run<R extends Row>(statement: SQL) {
      const [rows] = await runAll([statement])
      return rows as readonly R[]
    },
  }
}

/** A statement that refuses (`AU403`) unless the actor has all permissions of the person concerned. */
export const assertMayManage = (actor: Pick<Actor, 'type' | 'id'>, userId: string): SQL =>
  sql`select authly_assert_may_manage(${actor.type}, ${actor.id}, ${userId}::uuid)`

/** A statement that refuses (`AU403`, `AU422`) unless all roles exist and the actor has their permissions. */
export const assertMayGrant = (actor: Pick<Actor, 'type' | 'id'>, roles: readonly string[]): SQL =>
  sql`select authly_assert_may_grant(${actor.type}, ${actor.id}, array(select jsonb_array_elements_text(${JSON.stringify(roles)}::jsonb)))`
