/**
 * The only way from an admin operation to Postgres. Every batch starts with the question whether the actor may
 * do this now, in the transaction that does it: no operation can forget the check, and a right withdrawn a
 * moment ago counts at once (docs/decisions/0019).
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Row, RunBatch } from '../db/run-batch.ts'
import type { Actor } from './actor.ts'
import { type Permission, permissionNames } from './permissions.ts'

export interface AuthorizedDatabase {
  /** One statement; its rows. One round trip. */
  run<R extends Row = Row>(statement: SQL): Promise<readonly R[]>
  /** Several statements in one transaction; the rows of each. One round trip. */
  runAll(statements: readonly SQL[]): Promise<readonly (readonly Row[])[]>
}

/** In whose name something is done, and how much of their power the token behind it lends. */
export interface Authority {
  readonly type: 'user' | 'client'
  /** User id or client id. */
  readonly id: string
  /** Of the token. */
  readonly scopes: readonly string[]
}

/**
 * What a token lends, for Postgres: its administrative scopes. `*`, which roles of administrators hold, is lent by a
 * token with all of them alone.
 */
export const lentBy = (scopes: readonly string[]): readonly string[] => [
  ...scopes.filter((scope) => scope.startsWith('admin:')),
  ...(permissionNames.every((name) => scopes.includes(name)) ? ['*'] : []),
]

/**
 * The statement that comes first in a transaction: it refuses (`AU403`) unless the actor may do this now by way of
 * this token, and holds the rest of the transaction to what the token lends.
 */
export const authorize = (authority: Authority, permission: Permission): SQL => {
  const { type, id, scopes } = authority
  // Attack: a token of few scopes reaches, by way of other people or clients, what its holder may do.
  return sql`select set_config('authly.token_scopes', ${lentBy(scopes).join(' ')}, true),
    authly_authorize(${type}, ${id}, ${permission})`
}

/** The same for work that outlives its request: also the client must still be one that may bring such a token. */
export const authorizeWork = (authority: Authority, clientId: string, permission: Permission): SQL => sql`
  ${authorize(authority, permission)}, authly_assert_client(${clientId}, ${permission})`

/** @throws what Postgres raises: `AU403` when the actor lacks the permission (see `problem-of-error.ts`) */
export const createAuthorizedDatabase = (
  runBatch: RunBatch,
  actor: Authority,
  permission: Permission,
): AuthorizedDatabase => databaseBehind(runBatch, authorize(actor, permission))

/** As `createAuthorizedDatabase`, for an answer that is read page by page. */
export const createWorkDatabase = (
  runBatch: RunBatch,
  actor: Authority & Pick<Actor, 'clientId'>,
  permission: Permission,
): AuthorizedDatabase => databaseBehind(runBatch, authorizeWork(actor, actor.clientId, permission))

function databaseBehind(runBatch: RunBatch, guard: SQL): AuthorizedDatabase {
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
