/**
 * The client that smoke tests authenticate as: no scopes, no users, only `client_credentials`. A deployment runs
 * this against DATABASE_URL before it switches the worker; AUTHLY_SMOKE_CLIENT_SECRET comes from the same secrets.
 */
import { createHash } from 'node:crypto'
import pg from 'pg'
import { uuidv7 } from '../../src/kit/ids.ts'
import { clientConfig } from '../database/database-address.ts'
import { describeFailure, OperatorError } from '../process/operator-error.ts'

export const smokeClientId = 'deployment-smoke-test'

/** Creates the client and makes `secret` its only one. Changes nothing the second time. */
export async function ensureSmokeClient(databaseUrl: string, secret: string): Promise<void> {
  if (secret.length < 43) {
    throw new OperatorError(
      'AUTHLY_SMOKE_CLIENT_SECRET is missing or too short.',
      'Make one of 32 random bytes: openssl rand -base64 32 | tr -d "=" | tr "+/" "-_"',
    )
  }
  // Only the hash is stored: the secret has 256 random bits, so it needs no slow one.
  const hash = createHash('sha256').update(secret).digest('base64url')
  const client = new pg.Client(clientConfig(databaseUrl))
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query(
      `INSERT INTO clients (client_id, client_name, token_endpoint_auth_method, grant_types, response_types)
       SELECT $1, 'Deployment smoke test', 'client_secret_basic', '{client_credentials}', '{}'
       WHERE NOT EXISTS (SELECT FROM client_ids WHERE client_id = $1)
       ON CONFLICT DO NOTHING`,
      [smokeClientId],
    )
    // The row lock serializes parallel deployments; the new version lets caches notice the secret.
    const locked = await client.query('SELECT FROM clients WHERE client_id = $1 FOR UPDATE', [smokeClientId])
    if (locked.rowCount === 0) {
      throw new OperatorError(
        `The client ${smokeClientId} was deleted, and a client id is given once.`,
        `Nobody but deployments had it, so it may come back, as the owner of the database: DELETE FROM client_ids WHERE client_id = '${smokeClientId}'`,
      )
    }
    const known = await client.query('SELECT secret_hash FROM client_secrets WHERE client_id = $1', [
      smokeClientId,
    ])
    if (known.rows.length !== 1 || known.rows[0].secret_hash !== hash) {
      await client.query('DELETE FROM client_secrets WHERE client_id = $1', [smokeClientId])
      await client.query('INSERT INTO client_secrets (id, client_id, secret_hash) VALUES ($1, $2, $3)', [
        ...[uuidv7(), smokeClientId, hash],
      ])
      await client.query(
        'UPDATE clients SET version = version + 1, updated_at = now() WHERE client_id = $1',
        [smokeClientId],
      )
    }
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}

if (import.meta.main) {
  const { DATABASE_URL = '', AUTHLY_SMOKE_CLIENT_SECRET = '' } = process.env
  try {
    await ensureSmokeClient(DATABASE_URL, AUTHLY_SMOKE_CLIENT_SECRET)
  } catch (error) {
    process.stderr.write(describeFailure(error))
    process.exitCode = 1
  }
}
