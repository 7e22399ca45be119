/** A service account with every admin scope, for suites that call a running server from other programs. */
import { createHash, randomBytes } from 'node:crypto'
import pg from 'pg'
import { permissionNames } from '../../src/access/permissions.ts'
import type { RunningStack } from '../stack/start-stack.ts'

/** @returns an access token that outlives the run (an hour) */
export async function tokenOfServiceAccount(
  { issuer, database_url }: Pick<RunningStack, 'issuer' | 'database_url'>,
  clientId: string,
): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  const client = new pg.Client({ connectionString: database_url })
  await client.connect()
  try {
    await client.query(
      `INSERT INTO clients (client_id, client_name, token_endpoint_auth_method, grant_types, scopes, access_token_ttl_seconds)
       VALUES ($1, $1, 'client_secret_basic', '{client_credentials}', $2, 3600)`,
      [clientId, permissionNames],
    )
    await client.query(
      'INSERT INTO client_secrets (id, client_id, secret_hash) VALUES (gen_random_uuid(), $1, $2)',
      [clientId, createHash('sha256').update(secret).digest('base64url')],
    )
  } finally {
    await client.end()
  }
  const response = await fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: permissionNames.join(' ') }),
  })
  const { access_token: token } = (await response.json()) as { access_token?: string }
  if (token === undefined) throw new Error(`no token: ${response.status}`)
  return token
}
