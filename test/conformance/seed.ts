/** Puts people and applications straight into Postgres, one of each per test, so that tests do not meet. */
import { createHash, randomBytes } from 'node:crypto'
import { Argon2Type, Argon2Version } from '@phi-ag/argon2'
import initialiseArgon2 from '@phi-ag/argon2/node'
import pg from 'pg'
import { uuidv7 } from '../../src/kit/ids.ts'
import type { ClientAuthMethod } from '../../src/protocol/client-auth-methods.ts'

export type SeededUser = { readonly id: string; readonly username: string; readonly password: string }

export type SeededClient = {
  readonly client_id: string
  /** Registered only for the two client_secret methods. */
  readonly client_secret: string
  readonly redirect_uri: string
  readonly post_logout_redirect_uri: string
}

/** Column values of `clients`; what is left out has a default fit for a confidential web application. */
export type ClientColumns = Partial<{
  client_name: string
  application_type: 'web' | 'native'
  token_endpoint_auth_method: ClientAuthMethod
  token_endpoint_auth_method_named: boolean
  token_endpoint_auth_signing_alg: string
  jwks: { keys: object[] }
  jwks_uri: string
  redirect_uris: string[]
  post_logout_redirect_uris: string[]
  backchannel_logout_uri: string
  frontchannel_logout_uri: string
  frontchannel_logout_session_required: boolean
  grant_types: string[]
  response_types: string[]
  scopes: string[]
  resources: string[]
  serves_resources: string[]
  subject_type: 'public' | 'pairwise'
  sector_identifier: string
  id_token_signed_response_alg: string
  access_token_signed_response_alg: string
  userinfo_signed_response_alg: string
  authorization_signed_response_alg: string
  introspection_signed_response_alg: string
  id_token_encrypted_response_alg: string
  id_token_encrypted_response_enc: string
  userinfo_encrypted_response_alg: string
  userinfo_encrypted_response_enc: string
  authorization_encrypted_response_alg: string
  authorization_encrypted_response_enc: string
  introspection_encrypted_response_alg: string
  introspection_encrypted_response_enc: string
  default_max_age_seconds: number
  first_party: boolean
  require_pkce: boolean
  nonce_optional: boolean
  scope_claims_in_id_token: boolean
  require_pushed_authorization_requests: boolean
  require_signed_request_object: boolean
  request_object_signing_alg: string
  request_uris: string[]
  dpop_bound_access_tokens: boolean
  access_token_ttl_seconds: number
  tls_client_auth_subject_dn: string
  tls_client_auth_san_dns: string
  tls_client_certificate_bound_access_tokens: boolean
}>

export type Seed = {
  readonly database: pg.Pool
  addUser(columns?: {
    profile?: Record<string, unknown>
    email?: string
    mustChangePassword?: boolean
  }): Promise<SeededUser>
  addClient(columns?: ClientColumns): Promise<SeededClient>
  close(): Promise<void>
}

export const userScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']
export const demoScopes = ['demo:read', 'demo:write']
export const demoResource = 'http://localhost:8788/api'

/** Hashed once: what it costs is a matter of other tests. */
const password = `conformance ${randomBytes(12).toString('base64url')}`
let passwordHash: Promise<string> | undefined

/** Opens the database behind an Authly. */
export function createSeed(databaseUrl: string): Seed {
  const database = new pg.Pool({ connectionString: databaseUrl, max: 4 })
  // An outage test stops Postgres under the pool.
  database.on('error', () => undefined)
  return {
    database,
    async addUser({ profile = {}, email, mustChangePassword = false } = {}) {
      const id = uuidv7()
      const username = `user-${randomBytes(6).toString('hex')}`
      passwordHash ??= hashPassword()
      await database.query(
        'INSERT INTO users (id, username, email, email_verified, profile) VALUES ($1, $2, $3, true, $4)',
        [id, username, email ?? `${username}@example.test`, profile],
      )
      await database.query(
        'INSERT INTO password_credentials (user_id, hash, must_change) VALUES ($1, $2, $3)',
        [id, await passwordHash, mustChangePassword],
      )
      return { id, username, password }
    },
    async addClient(columns = {}) {
      const client_id = `app-${randomBytes(6).toString('hex')}`
      const home = `https://${client_id}.example.test`
      const row: Record<string, unknown> = {
        client_id,
        client_name: `Application ${client_id}`,
        token_endpoint_auth_method: 'client_secret_basic',
        redirect_uris: [`${home}/callback`],
        post_logout_redirect_uris: [`${home}/`],
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        scopes: [...userScopes, ...demoScopes],
        resources: [demoResource],
        first_party: true,
        ...columns,
        ...(columns.jwks ? { jwks: JSON.stringify(columns.jwks) } : {}),
      }
      const names = Object.keys(row)
      await database.query(
        `INSERT INTO clients (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
        Object.values(row),
      )
      const client_secret = randomBytes(32).toString('base64url')
      if (String(row['token_endpoint_auth_method']).startsWith('client_secret')) {
        await database.query('INSERT INTO client_secrets (id, client_id, secret_hash) VALUES ($1, $2, $3)', [
          uuidv7(),
          client_id,
          createHash('sha256').update(client_secret).digest('base64url'),
        ])
      }
      return {
        client_id,
        client_secret,
        redirect_uri: (row['redirect_uris'] as string[])[0] ?? '',
        post_logout_redirect_uri: (row['post_logout_redirect_uris'] as string[])[0] ?? '',
      }
    },
    close: () => database.end(),
  }
}

async function hashPassword(): Promise<string> {
  const argon2 = await initialiseArgon2()
  const { encoded } = argon2.hash(password, {
    type: Argon2Type.Argon2id,
    version: Argon2Version.Version13,
    ...{ memoryCost: 19_456, timeCost: 2, parallelism: 1, hashLength: 32 },
    salt: randomBytes(16),
  })
  return encoded
}
