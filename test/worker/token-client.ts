/** Clients and people for worker tests of the token endpoint, and requests as them. */
import { env } from 'cloudflare:test'
import { clientSecrets, clients, users } from '../../src/db/schema.ts'
import { sha256 } from '../../src/kit/hash.ts'
import { randomToken, uuidv7 } from '../../src/kit/ids.ts'
import { type AuthorizationCode, sealCode } from '../../src/tokens/authorization-code.ts'
import { fetchFrom } from '../contracts/worker-client.ts'
import { testDatabase } from '../fakes/database.ts'
import { newPending } from '../sessions/examples.ts'
import { testDependencies } from './admin-client.ts'

export const issuer = 'https://auth.test'
export const tokenUrl = `${issuer}/oauth/token`
export const userInfoUrl = `${issuer}/oidc/userinfo`
const redirect_uri = 'https://app.example/callback'
const verifier = 'v'.repeat(43)
const origin = { ip: '192.0.2.7', user_agent: 'test', request_id: 'test' }

export interface Answer {
  readonly status: number
  readonly json: Record<string, unknown>
  readonly headers: Headers
}

type HeaderFields = Readonly<Record<string, string>>

/** One request through the app, with everything it left for later done. */
export async function send(url: string, init: RequestInit = {}, bindings: Env = env): Promise<Answer> {
  const response = await fetchFrom(url, init, bindings)
  const text = await response.text()
  const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: response.status, json, headers: response.headers }
}

export interface TokenClient {
  readonly client_id: string
  readonly secret: string | undefined
}

/** A client of every grant type it may have: one that keeps a secret, unless a method says otherwise. */
export async function addTokenClient(
  columns: Partial<typeof clients.$inferInsert> = {},
): Promise<TokenClient> {
  const client_id = `token-client-${uuidv7()}`
  const method = columns.token_endpoint_auth_method ?? 'client_secret_post'
  const secret = method.startsWith('client_secret') ? randomToken() : undefined
  const database = testDatabase()
  await database.insert(clients).values({
    ...{ client_id, client_name: 'Token test', redirect_uris: [redirect_uri] },
    grant_types: ['authorization_code', 'refresh_token', ...(secret ? ['client_credentials'] : [])],
    ...{ response_types: ['code'], scopes: ['openid', 'offline_access', 'read'], first_party: true },
    ...columns,
    token_endpoint_auth_method: method,
  })
  if (secret) {
    await database
      .insert(clientSecrets)
      .values({ id: uuidv7(), client_id, secret_hash: await sha256(secret) })
  }
  return { client_id, secret }
}

export interface SignedInPerson {
  readonly userId: string
  readonly session_id: string
}

/** A person with a session. */
export async function addSignedIn(): Promise<SignedInPerson> {
  const userId = uuidv7()
  await testDatabase()
    .insert(users)
    .values({ id: userId, username: `person-${userId}`, email: `${userId}@person.test` })
  const session_id = uuidv7()
  await testDependencies()
    .sessionsOf(userId)
    .recordLogin({
      ...{ now: Date.now(), user_id: userId, identifier_hash: 'i', password_ok: true, origin },
      pending: newPending(),
      session: {
        ...{ session_id, secret_hash: 's', password_change_required: false },
        ...{ idle_ttl_seconds: 3600, absolute_ttl_seconds: 3600 },
      },
    })
  return { userId, session_id }
}

/** A code as the authorization endpoint issues it. */
export async function codeFor(
  { client_id }: TokenClient,
  { userId, session_id }: SignedInPerson,
  more: Partial<AuthorizationCode> = {},
): Promise<string> {
  return sealCode(testDependencies().root, {
    redirect_uri,
    code_challenge: await sha256(verifier),
    expires_at: Date.now() + 60_000,
    grant: {
      ...{ grant_id: uuidv7(), client_id, user_id: userId, sub: userId, session_id },
      ...{ scopes: ['openid', 'offline_access', 'read'], resources: [], nonce: undefined },
      claims: { userinfo: [], id_token: [] },
      ...{ auth_time: Date.now(), acr: 'urn:authly:acr:pwd', amr: ['pwd'] },
    },
    ...more,
  })
}

/** A form post in the name of a client. */
export const postAs = (
  { client_id, secret }: TokenClient,
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: HeaderFields = {},
  bindings?: Env,
): Promise<Answer> =>
  send(
    url,
    {
      method: 'POST',
      headers,
      body: new URLSearchParams({ client_id, ...(secret ? { client_secret: secret } : {}), ...fields }),
    },
    bindings,
  )

export const redeem = (client: TokenClient, code: string, headers: HeaderFields = {}, bindings?: Env) =>
  postAs(
    client,
    tokenUrl,
    { grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier },
    headers,
    bindings,
  )

export const refresh = (client: TokenClient, token: unknown, headers: HeaderFields = {}, bindings?: Env) =>
  postAs(client, tokenUrl, { grant_type: 'refresh_token', refresh_token: String(token) }, headers, bindings)

export const getUserInfo = (authorization: string, headers: HeaderFields = {}, bindings?: Env) =>
  send(userInfoUrl, { headers: { authorization, ...headers } }, bindings)

export const introspect = (client: TokenClient, token: unknown) =>
  postAs(client, `${issuer}/oauth/introspect`, { token: String(token) })
