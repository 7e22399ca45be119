import type { ServerMetadata } from './discovery.ts'
import { type DpopKey, dpopProof, type Nonces } from './dpop.ts'
import { AuthlyError } from './errors.ts'
import { errorOf, type Fetch, jsonObject, send } from './http.ts'

/** RFC 6749 §5.1, OpenID Connect Core §3.1.3.3. */
export interface TokenResponse {
  readonly access_token: string
  readonly token_type: 'Bearer' | 'DPoP'
  /** Seconds. */
  readonly expires_in: number
  readonly scope?: string
  readonly refresh_token?: string
  readonly id_token?: string
}

export interface TokenEndpointNeeds {
  readonly fetch: Fetch
  readonly metadata: ServerMetadata
  readonly clientId: string
  /** `client_secret_basic` (RFC 6749 §2.3.1); without one the client is public. */
  readonly clientSecret?: string | undefined
  readonly dpop?: { readonly key: DpopKey; readonly nonces: Nonces } | undefined
}

/**
 * A request to the token endpoint; repeated once, with the nonce that the server then asks for (RFC 9449 §8).
 * @throws AuthlyError with the server's `error`, `network_error`, or `invalid_response`
 */
export async function requestTokens(
  needs: TokenEndpointNeeds,
  parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
): Promise<TokenResponse> {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters))
    for (const item of [value ?? []].flat()) form.append(name, item)
  if (needs.clientSecret === undefined) form.set('client_id', needs.clientId)
  let { response, value, isNonceNew } = await post(needs, form)
  if (value?.error === 'use_dpop_nonce' && isNonceNew)
    ({ response, value, isNonceNew } = await post(needs, form))
  if (!response.ok || !value) throw errorOf(response, value)
  return readTokenResponse(value, needs.dpop === undefined ? 'Bearer' : 'DPoP')
}

async function post(
  { fetch, metadata, clientId, clientSecret, dpop }: TokenEndpointNeeds,
  form: URLSearchParams,
) {
  const url = metadata.token_endpoint
  const headers = new Headers({ accept: 'application/json' })
  if (clientSecret !== undefined) headers.set('authorization', basic(clientId, clientSecret))
  if (dpop)
    headers.set('dpop', await dpopProof(dpop.key, { method: 'POST', url, nonce: dpop.nonces.of(url) }))
  // The default for cross-origin requests, said aloud: no cookie of the server goes along. And a redirect of a token
  // request would hand the code to whoever it leads to.
  const init = {
    method: 'POST',
    headers,
    body: form,
    credentials: 'same-origin',
    redirect: 'manual',
  } as const
  const response = await send(fetch, new Request(url, init))
  const isNonceNew = dpop?.nonces.learn(url, response) ?? false
  return { response, value: await jsonObject(response), isNonceNew }
}

/** Both parts are form-encoded first (RFC 6749 §2.3.1). */
function basic(clientId: string, clientSecret: string): string {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)
  return `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}`
}

/** A client that asked for bound tokens must not be content with others: RFC 9449 §5, a downgrade. */
function readTokenResponse(
  value: Readonly<Record<string, unknown>>,
  expected: 'Bearer' | 'DPoP',
): TokenResponse {
  const { access_token, token_type, expires_in, scope, refresh_token, id_token } = value
  const optional = [scope, refresh_token, id_token].every(
    (item) => item === undefined || typeof item === 'string',
  )
  const isRight =
    typeof access_token === 'string' && access_token !== '' && typeof expires_in === 'number' && optional
  if (!isRight) throw new AuthlyError('invalid_response', { description: 'this is no token response' })
  if (typeof token_type !== 'string' || token_type.toLowerCase() !== expected.toLowerCase())
    throw new AuthlyError('invalid_response', { description: `the token is not of type ${expected}` })
  return { ...(value as unknown as TokenResponse), token_type: expected }
}
