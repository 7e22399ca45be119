import { resourceAbove, resourceOfOrigin } from '@authly-server/core'
import { failure } from '../errors.ts'
import type { Resource } from './renew.ts'
import type { Session } from './session.ts'

interface FetchNeeds {
  readonly accessToken: Session['accessToken']
  readonly issuer: string
  readonly resources: readonly Resource[]
  readonly fetch: (request: Request) => Promise<Response>
}

/** See {@link Session.fetch}. */
export function authorizedFetch({ accessToken, issuer, resources, fetch }: FetchNeeds): Session['fetch'] {
  /** Attack: an address from a form or a database carries the person's token to a stranger. */
  const resourceFor = (url: string, named: string | undefined): Resource => {
    const known = [...resources.flatMap((each) => each ?? []), issuer]
    const candidates = named === undefined ? known : known.filter((each) => each === named)
    const found = resourceAbove(url, candidates) ?? resourceOfOrigin(url, candidates)
    if (found === undefined)
      throw failure('foreign_address', 'no configured resource is at this address: the token stays here')
    return found === issuer && resources.includes(undefined) ? undefined : found
  }
  return async (input, { resource: named, ...init } = {}) => {
    const request = toRequest(input, { redirect: 'manual', ...init })
    const resource = resourceFor(request.url, named)
    const again = request.body === null ? request : request.clone()
    const response = await fetch(authorized(request, await accessToken({ resource })))
    if (response.status !== 401) return response
    const renewed = await accessToken({ resource, forceRefresh: true })
    await response.body?.cancel()
    return fetch(authorized(again, renewed))
  }
}

function authorized(request: Request, token: string): Request {
  request.headers.set('authorization', `Bearer ${token}`)
  return request
}

/** Member by member: the `Request` of Next.js' Edge runtime takes nothing but the address from another one. */
function toRequest(input: string | URL | Request, init: RequestInit): Request {
  if (!(input instanceof Request)) return new Request(input, init)
  const { url, method, headers, body, signal } = input
  const all: RequestInit & { duplex?: 'half' } = { method, headers, signal, ...init }
  return new Request(url, body === null ? all : { body, duplex: 'half', ...all })
}
