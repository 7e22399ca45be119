/** For contract suites in workerd: requests to the app, and clients in its database. */
import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { createDatabase } from '../../src/db/database.ts'
import { clientSecrets, clients } from '../../src/db/schema.ts'
import { sha256 } from '../../src/kit/hash.ts'
import { randomToken, uuidv7 } from '../../src/kit/ids.ts'
import type { ClientAuthMethod } from '../../src/protocol/client-auth-methods.ts'
import worker from '../../src/worker.ts'

const issuer = 'https://auth.test'

/**
 * One request, with everything it left for later done. Redirects are not followed.
 *
 * @param bindings the same object for all requests to one worker: an isolate keeps what it derives from it
 */
export async function fetchFrom(
  url: string,
  init: Omit<RequestInit, 'cf'> & { readonly cf?: object } = {},
  bindings: Env = env,
): Promise<Response> {
  const ctx = createExecutionContext()
  const request = new Request(url, { redirect: 'manual', ...init } as RequestInit)
  const response = await worker.fetch(request as Parameters<typeof worker.fetch>[0], bindings, ctx)
  await waitOnExecutionContext(ctx)
  return response
}

/** `fetchFrom` by path, from the worker as it is. */
export const send = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetchFrom(issuer + path, init)

export const postForm = (
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> => send(path, { method: 'POST', body: new URLSearchParams(fields), headers })

export interface RegisteredClient {
  readonly client_id: string
  readonly secret: string
}

/** A client that authenticates with `method`; its secret exists whatever the method. */
export async function registerClient(
  method: ClientAuthMethod,
  columns: Partial<typeof clients.$inferInsert> = {},
): Promise<RegisteredClient> {
  const { DATABASE_URL, DATABASE_GATEWAY_URL } = env as unknown as Record<string, string>
  const database = createDatabase(DATABASE_URL as string, DATABASE_GATEWAY_URL)
  const client_id = `contract-${uuidv7()}`
  const secret = randomToken()
  await database.batch([
    database.insert(clients).values({
      client_id,
      client_name: 'Contract',
      token_endpoint_auth_method: method,
      redirect_uris: ['https://app.example/callback'],
      grant_types: [],
      ...columns,
    }),
    database.insert(clientSecrets).values({ id: uuidv7(), client_id, secret_hash: await sha256(secret) }),
  ])
  return { client_id, secret }
}

/** How a request presents itself by each method; the proof need not be good. */
export function present(
  method: ClientAuthMethod,
  { client_id, secret }: RegisteredClient,
): { readonly fields: Record<string, string>; readonly headers: Record<string, string> } {
  switch (method) {
    case 'client_secret_basic':
      return { fields: {}, headers: { authorization: `Basic ${btoa(`${client_id}:${secret}`)}` } }
    case 'client_secret_post':
      return { fields: { client_id, client_secret: secret }, headers: {} }
    case 'private_key_jwt': {
      const claims = btoa(JSON.stringify({ iss: client_id, sub: client_id })).replaceAll('=', '')
      const client_assertion = `eyJhbGciOiJFUzI1NiJ9.${claims}.c2ln`
      const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
      return { fields: { client_assertion, client_assertion_type }, headers: {} }
    }
    // By the connection; the request carries the client id alone.
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth':
    case 'none':
      return { fields: { client_id }, headers: {} }
  }
}
