/** Admins for worker tests: people with roles and living access tokens, service accounts, and requests as them. */
import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { decodeJwt } from 'jose'
import { permissionNames } from '../../src/access/permissions.ts'
import { clients, users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { issueAccessToken } from '../../src/tokens/access-token.ts'
import { serviceTokenId, userTokenId } from '../../src/tokens/token-id.ts'
import { createRequestEnv } from '../../src/wiring.ts'
import worker from '../../src/worker.ts'
import { undocumented } from '../contracts/openapi/check-response.ts'
import { testDatabase } from '../fakes/database.ts'
import { newPending } from '../sessions/examples.ts'

const issuer = 'https://auth.test'
const origin = { ip: '192.0.2.7', user_agent: 'test', request_id: 'test' }

export interface TestActor {
  /** User id or client id. */
  readonly id: string
  readonly token: string
  readonly grantId: string | undefined
}

export interface AdminOptions {
  /** Default: `admin`, who may do everything. */
  readonly roles?: readonly string[]
  /** Scopes of the token. Default: all. */
  readonly scopes?: readonly string[]
  /** Seconds since the sign-in. Default 0. */
  readonly signedInSecondsAgo?: number
  /** Class of the sign-in. Default: by password. */
  readonly acr?: string
}

/** Dependencies as a request has them. */
export function testDependencies(bindings: Env = env) {
  return createRequestEnv(new Request(issuer), bindings, createExecutionContext()).deps
}

/** A person with a live access token for the admin API. */
export async function addAdmin(options: AdminOptions = {}): Promise<TestActor> {
  const id = uuidv7()
  const roles = [...(options.roles ?? ['admin'])]
  await testDatabase()
    .insert(users)
    .values({ id, username: `admin-${id}`, email: `${id}@admin.test`, roles })
  const clientId = await addClient(permissionNames)
  return { id, ...(await signInAs(id, clientId, options)) }
}

/** A client that may use the admin API for itself. */
export async function addServiceAccount(scopes: readonly string[] = permissionNames): Promise<TestActor> {
  const id = await addClient(scopes)
  const deps = testDependencies()
  const client = await deps.findClient(id)
  if (!client) throw new Error('the client must exist')
  const token = await issueAccessToken(deps, {
    ...{ client, sub: id, jti: serviceTokenId(), scopes, audience: [deps.config.issuer] },
    iat: Math.floor(Date.now() / 1000),
  })
  return { id, token, grantId: undefined }
}

/** Another token of `actor`, bound to a key (RFC 9449 §6.1). */
export async function bindToken(
  { id, token, grantId }: TestActor,
  { thumbprint }: { readonly thumbprint: string },
): Promise<string> {
  const deps = testDependencies()
  const { client_id, scope, auth_time, acr, amr } = decodeJwt<TokenClaims>(token)
  const client = await deps.findClient(client_id)
  if (!client) throw new Error('the client must exist')
  return issueAccessToken(deps, {
    ...{ client, sub: id, scopes: scope.split(' '), audience: [deps.config.issuer] },
    iat: Math.floor(Date.now() / 1000),
    jti: grantId === undefined ? serviceTokenId() : await userTokenId(deps.root, id, grantId),
    ...(grantId === undefined ? {} : { grant: { grant_id: grantId, auth_time: auth_time * 1000, acr, amr } }),
    cnf: { jkt: thumbprint },
  })
}

interface TokenClaims {
  readonly client_id: string
  readonly scope: string
  readonly auth_time: number
  readonly acr: string
  readonly amr: readonly string[]
}

/** A client registered for `scopes`. */
export async function addClient(scopes: readonly string[]): Promise<string> {
  const client_id = `admin-client-${uuidv7()}`
  await testDatabase()
    .insert(clients)
    .values({
      ...{ client_id, client_name: 'Admin test', token_endpoint_auth_method: 'client_secret_basic' },
      ...{ grant_types: ['authorization_code', 'client_credentials'], scopes: [...scopes] },
    })
  return client_id
}

/** A session, a grant and a token of an existing person. */
export async function signInAs(userId: string, clientId: string, options: AdminOptions = {}) {
  const deps = testDependencies()
  const client = await deps.findClient(clientId)
  if (!client) throw new Error('the client must exist')
  const now = Date.now()
  const authTime = now - (options.signedInSecondsAgo ?? 0) * 1000
  const sessions = deps.sessionsOf(userId)
  const session_id = uuidv7()
  const acr = options.acr ?? 'urn:authly:acr:pwd'
  const grantId = uuidv7()
  await sessions.recordLogin({
    ...{ now, user_id: userId, identifier_hash: 'i', password_ok: true, origin },
    pending: newPending(),
    session: {
      ...{ session_id, secret_hash: 's' },
      ...{ password_change_required: false, idle_ttl_seconds: 3600, absolute_ttl_seconds: 3600 },
    },
  })
  const scopes = options.scopes ?? permissionNames
  await sessions.redeemCode({
    ...{
      now,
      code_expires_at: now + 60_000,
      access_token_expires_at: now + 600_000,
      jti_hash: grantId,
      origin,
    },
    grant: {
      ...{ grant_id: grantId, client_id: clientId, user_id: userId, sub: userId, session_id, scopes },
      ...{ resources: [], claims: { userinfo: [], id_token: [] }, auth_time: authTime, nonce: undefined },
      ...{ acr, amr: ['pwd'] },
    },
  })
  const token = await issueAccessToken(deps, {
    ...{
      client,
      sub: userId,
      jti: await userTokenId(deps.root, userId, grantId),
      scopes,
      audience: [deps.config.issuer],
    },
    iat: Math.floor(now / 1000),
    grant: { grant_id: grantId, auth_time: authTime, acr, amr: ['pwd'] },
  })
  return { token, grantId, sessionId: session_id }
}

export interface CallOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Bindings, e.g. `countingEnv(…)`. */
  readonly env?: Env
}

/**
 * A request to the admin API as `actor` (undefined: without a token), with everything it left for later done.
 * @throws Error when the response is not one that the OpenAPI document promises
 */
export async function callAdmin(
  actor: Pick<TestActor, 'token'> | undefined,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Response> {
  const headers = new Headers({ 'cf-connecting-ip': '203.0.113.9', ...options.headers })
  if (actor && !headers.has('authorization')) headers.set('authorization', `Bearer ${actor.token}`)
  const body = bodyOf(options.body)
  if (options.body !== undefined && !headers.has('content-type'))
    headers.set('content-type', 'application/json')
  const ctx = createExecutionContext()
  const request = new Request(issuer + path, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  })
  const response = await worker.fetch(request, options.env ?? env, ctx)
  await waitOnExecutionContext(ctx)
  const faults = await undocumented(method, path, response)
  if (faults.length > 0) throw new Error(`not as documented: ${faults.join('; ')}`)
  return response
}

const bodyOf = (body: unknown): BodyInit | undefined => {
  if (body === undefined) return undefined
  return typeof body === 'string' || body instanceof ReadableStream ? body : JSON.stringify(body)
}
