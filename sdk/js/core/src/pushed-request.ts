import type { ServerMetadata } from './discovery.ts'
import { AuthlyError } from './errors.ts'
import { type Fetch, readJson } from './http.ts'

/** What tells the server which client pushes; nothing for a public one, whose request names it. */
export interface PushAuthentication {
  readonly parameters?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The address that stands for an authorization request, after the request was pushed (RFC 9126).
 * @throws AuthlyError with the server's `error`, `network_error`, or `invalid_response`
 */
export async function pushRequest(
  fetch: Fetch,
  metadata: ServerMetadata,
  request: URL,
  { parameters = {}, headers = {} }: PushAuthentication = {},
): Promise<URL> {
  const endpoint = metadata.pushed_authorization_request_endpoint
  const clientId = request.searchParams.get('client_id')
  if (endpoint === undefined || clientId === null)
    throw new AuthlyError('invalid_response', { description: 'the server takes no pushed requests' })
  const body = new URLSearchParams(request.searchParams)
  for (const [name, value] of Object.entries(parameters)) body.set(name, value)
  const init = { method: 'POST', headers, body, redirect: 'manual' } as const
  const { value } = await readJson(fetch, new Request(endpoint, init))
  if (typeof value['request_uri'] !== 'string') throw new AuthlyError('invalid_response')
  const url = new URL(metadata.authorization_endpoint)
  url.searchParams.set('client_id', clientId)
  url.searchParams.set('request_uri', value['request_uri'])
  return url
}
