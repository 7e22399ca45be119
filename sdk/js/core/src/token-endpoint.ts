import type { Clock } from './clock.ts'
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
  /** Of the server: proofs of a machine whose clock is wrong are refused. */
  readonly clock?: Clock | undefined
}

/**
 * A request to the token endpoint; repeated once, with the nonce that the server asks for (RFC 9449 §8), or by its
 * clock. Either was refused before anything was used up.
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
  let { response, value, mayHelp } = await post(needs, form)
  for (let times = 0; times < 2 && mayHelp.includes(value?.error); times++)
    ({ response, value, mayHelp } = await post(needs, form))
  if (!response.ok || !value) throw errorOf(response, value)
  return readTokenResponse(value, needs.dpop === undefined ? 'Bearer' : 'DPoP')
}

/** @returns what was answered, and the errors that a repetition would mend */
async function post(needs: TokenEndpointNeeds, form: URLSearchParams) {
  const { fetch, metadata, clientId, clientSecret, dpop, clock } = needs
  const url = metadata.token_endpoint
  const headers = new Headers({ accept: 'application/json' })
  if (clientSecret !== undefined) headers.set('authorization', basicCredentials(clientId, clientSecret))
  const nonce = dpop?.nonces.of(url)
  if (dpop) {
    const clockOffsetSeconds = clock?.offsetSeconds() ?? 0
    headers.set('dpop', await dpopProof(dpop.key, { method: 'POST', url, nonce, clockOffsetSeconds }))
  }
  const sentAt = Date.now()
  // A redirect of a token request would hand the code to whoever it leads to.
  const init = { method: 'POST', headers, body: form, redirect: 'manual' } as const
  const response = await send(fetch, new Request(url, init))
  const mayHelp: unknown[] = []
  if (dpop?.nonces.learn(url, response, nonce)) mayHelp.push('use_dpop_nonce')
  if (clock?.learn(response, sentAt) && dpop) mayHelp.push('invalid_dpop_proof')
  return { response, value: await jsonObject(response), mayHelp }
}

/** `Authorization` of a client by `client_secret_basic`; both parts are form-encoded first (RFC 6749 §2.3.1). */
export function basicCredentials(clientId: string, clientSecret: string): string {
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
    typeof access_token === 'string' && access_token !== '' && isDuration(expires_in) && optional
  if (!isRight) throw new AuthlyError('invalid_response', { description: 'this is no token response' })
  if (typeof token_type !== 'string' || token_type.toLowerCase() !== expected.toLowerCase())
    throw new AuthlyError('invalid_response', { description: `the token is not of type ${expected}` })
  return { ...(value as unknown as TokenResponse), token_type: expected }
}

/** Also not NaN, which JSON cannot say, nor a time that a timer would take for none. */
const isDuration = (value: unknown): boolean => typeof value === 'number' && value > 0 && value < 2 ** 31
