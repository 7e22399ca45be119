/**
 * Fills Postgres for the benchmark: a few clients and 1,000 people. All people share one Argon2id hash, because
 * hashing is not what these operations do; they still sign in through the real login form, once each.
 */
import { argon2Sync, createHash, randomBytes } from 'node:crypto'
import pg from 'pg'
import { bootstrapDatabase } from '../../scripts/bootstrap/bootstrap-database.ts'
import { storeSettings } from '../../scripts/database/store-settings.ts'
import { migrateDatabase } from '../../scripts/migrate.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import type { BenchDatabase } from '../bench-database.ts'
import { benchJwks } from './proven-requests.ts'
import { userCount } from './requests.ts'

export const authlyPassword = 'correct horse battery staple bench'
export const authlySecret = randomBytes(32).toString('base64url')
export const authlyRedirectUri = 'https://app.example/callback'
export const apiResource = 'https://api.example/'
export const apiScope = 'orders:read'
export const usernameOf = (index: number): string => `bench-user-${index}`

const parameters = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 }

/** A hash that everybody shares; hashing is not what is measured. */
export function passwordHash(): string {
  const nonce = randomBytes(16)
  const hash = argon2Sync('argon2id', { ...parameters, message: authlyPassword, nonce })
  const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')
  const { memory, passes, parallelism } = parameters
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${text(nonce)}$${text(hash)}`
}

interface Client {
  readonly id: string
  readonly grants: readonly string[]
  readonly idTokenAlg: 'RS256' | 'ES256'
  /** Beside the usual ones. */
  readonly scopes?: readonly string[]
  /** People are asked for consent. */
  readonly asksConsent?: boolean
  /** Authenticates with `private_key_jwt`. */
  readonly signs?: boolean
  /** Follows the profile `fapi2-security`, and binds its tokens by DPoP. */
  readonly fapi?: boolean
}

const codeFlow = ['authorization_code', 'refresh_token']
const clients: readonly Client[] = [
  { id: 'machine', grants: ['client_credentials'], idTokenAlg: 'RS256' },
  { id: 'machine-jwt', grants: ['client_credentials'], idTokenAlg: 'RS256', signs: true },
  { id: 'web', grants: codeFlow, idTokenAlg: 'RS256' },
  { id: 'web-es256', grants: codeFlow, idTokenAlg: 'ES256' },
  { id: 'fapi', grants: codeFlow, idTokenAlg: 'ES256', signs: true, fapi: true },
]

/** Migrates the database, which must be empty. A sign-in leads straight to the application. */
export async function prepareAuthly({ url, workerUrl }: BenchDatabase): Promise<void> {
  await migrateDatabase({ ownerUrl: url, databaseUrl: workerUrl })
  await bootstrapDatabase(url, {})
  await storeSettings(url, { 'sign_in.promote_passkeys': false })
}

/** Migrates and fills the database, which must be empty. */
export async function seedAuthly(database: BenchDatabase): Promise<void> {
  const { url } = database
  await prepareAuthly(database)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await addApplications(client, clients)
    const ids = Array.from({ length: userCount }, () => uuidv7())
    const names = ids.map((_, index) => usernameOf(index))
    await client.query('INSERT INTO users (id, username) SELECT * FROM unnest($1::uuid[], $2::text[])', [
      ids,
      names,
    ])
    await client.query('INSERT INTO password_credentials (user_id, hash) SELECT unnest($1::uuid[]), $2', [
      ...[ids, passwordHash()],
    ])
  } finally {
    await client.end()
  }
}

/** An API, and clients that may use it. */
export async function addApplications(database: pg.Client, applications: readonly Client[]): Promise<void> {
  await database.query("INSERT INTO resource_servers (resource, name) VALUES ($1, 'Orders')", [apiResource])
  await database.query(
    "INSERT INTO scopes (name, description, resource) VALUES ($1, 'Read your orders', $2)",
    [apiScope, apiResource],
  )
  for (const each of applications) await addClient(database, each)
}

export async function addClient(
  database: pg.Client,
  { id, grants, idTokenAlg, scopes = [], asksConsent = false, signs = false, fapi = false }: Client,
): Promise<void> {
  const hasRedirect = grants.includes('authorization_code')
  await database.query(
    `INSERT INTO clients (client_id, client_name, token_endpoint_auth_method, redirect_uris, grant_types,
       response_types, scopes, resources, id_token_signed_response_alg, first_party, jwks, profile,
       require_pushed_authorization_requests, dpop_bound_access_tokens)
     VALUES ($1, $1, $9, $2, $3, $4, $5, $6, $7, $8, $10, $11, $12, $12)`,
    [
      ...[id, hasRedirect ? [authlyRedirectUri] : [], grants, hasRedirect ? ['code'] : []],
      ...[['openid', 'offline_access', apiScope, ...scopes], [apiResource], idTokenAlg, !asksConsent],
      ...[signs ? 'private_key_jwt' : 'client_secret_post', signs ? JSON.stringify(benchJwks) : null],
      ...[fapi ? 'fapi2-security' : null, fapi],
    ],
  )
  const hash = createHash('sha256').update(authlySecret).digest('base64url')
  await database.query('INSERT INTO client_secrets (id, client_id, secret_hash) VALUES ($1, $2, $3)', [
    ...[uuidv7(), id, hash],
  ])
}
