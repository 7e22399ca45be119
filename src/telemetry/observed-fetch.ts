/** `fetch` for addresses that others chose. */
import { carriedContext, observe } from './observe.ts'

export function observedFetch(url: string, init: RequestInit): Promise<Response> {
  const { host, protocol } = new URL(url)
  return observe('outgoing_request', { host, scheme: protocol.slice(0, -1) }, () => {
    const context = carriedContext('server')
    if (context === undefined) return fetch(url, init)
    const headers = new Headers(init.headers)
    headers.set('traceparent', context)
    return fetch(url, { ...init, headers })
  })
}
