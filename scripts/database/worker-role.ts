/**
 * The worker's role: created if missing, refused if it has too many privileges, and granted those of
 * drizzle/grants.sql.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { roleRisks } from '../../src/health/role-risks.store.ts'
import { errorCode, OperatorError } from '../process/operator-error.ts'
import { parseDatabaseUrl } from './database-address.ts'

/**
 * Runs in the caller's transaction, as the owner, after the schema. Throws OperatorError for what the operator must do.
 */
export async function grantToWorker(client: pg.Client, databaseUrl: string, folder: string): Promise<void> {
  const { user, database } = parseDatabaseUrl(databaseUrl)
  await ensureRole(client, databaseUrl)
  const grants = (await readFile(join(folder, 'grants.sql'), 'utf8'))
    .replaceAll(':worker', () => client.escapeIdentifier(user))
    .replaceAll(':database', () => client.escapeIdentifier(database))
  await client.query(grants)
  const { rows } = await client.query<{ risks: string[] }>(`SELECT ${roleRisks('$1::name')} AS risks`, [user])
  const risks = rows[0]?.risks ?? []
  if (risks.length === 0) return
  throw new OperatorError(
    `The role "${user}" of DATABASE_URL ${risks.join(', ')}: the worker does not work with it.`,
    'Name another role in DATABASE_URL: it is made when there is none of that name. (If everybody may create in the schema: ' +
      'REVOKE CREATE ON SCHEMA public FROM PUBLIC, as its owner.)',
  )
}

async function ensureRole(client: pg.Client, databaseUrl: string): Promise<void> {
  const { user, password } = parseDatabaseUrl(databaseUrl)
  const known = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [user])
  if (known.rowCount !== 0) return
  const role = client.escapeIdentifier(user)
  try {
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(password)}`)
  } catch (cause) {
    if (errorCode(cause) !== '42501') throw cause
    throw new OperatorError(
      `There is no role "${user}", and the role of DATABASE_OWNER_URL may not make one.`,
      `As a role that may: CREATE ROLE ${role} LOGIN PASSWORD '…' (the password in DATABASE_URL).`,
      { cause },
    )
  }
}
