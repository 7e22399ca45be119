import type { ServerMetadata } from './discovery.ts'
import { AuthlyError } from './errors.ts'
import { type Fetch, readJson } from './http.ts'

/**
 * The address that stands for an authorization request of a public client, after the request was pushed (RFC 9126).
 * @throws AuthlyError with the server's `error`, `network_error`, or `invalid_response`
 */
export async function pushRequest(fetch: Fetch, metadata: ServerMetadata, request: URL): Promise<URL> {
  const endpoint = metadata.pushed_authorization_request_endpoint
  const clientId = request.searchParams.get('client_id')
  if (endpoint === undefined || clientId === null) throw new AuthlyError('invalid_response')
  const body = new URLSearchParams(request.searchParams)
  const { value } = await readJson(fetch, new Request(endpoint, { method: 'POST', body, redirect: 'manual' }))
  if (typeof value['request_uri'] !== 'string') throw new AuthlyError('invalid_response')
  const url = new URL(metadata.authorization_endpoint)
  url.searchParams.set('client_id', clientId)
  url.searchParams.set('request_uri', value['request_uri'])
  return url
}
