/**
 * The origin of a request, as the proxy in front of the worker reports it. Attack: without Cloudflare, a caller who
 * sends `CF-Connecting-IP` could choose the address that rate limits count and address lists admit.
 */
import type { Origin } from './event.ts'

/** @param clientAddress `AUTHLY_CLIENT_ADDRESS` */
export function readOrigin(request: Request, clientAddress: 'unknown' | 'connection' | 'cloudflare'): Origin {
  const { headers } = request
  const isCloudflare = clientAddress === 'cloudflare'
  return {
    ip: isCloudflare
      ? (headers.get('cf-connecting-ip') ?? undefined)
      : clientAddress === 'connection'
        ? addressOfConnection(request)
        : undefined,
    user_agent: headers.get('user-agent')?.slice(0, 256),
    request_id: (isCloudflare ? headers.get('cf-ray') : null) ?? crypto.randomUUID(),
  }
}

/**
 * workerd's own `cf` object, unless it is given another one: `{"clientIp": "192.0.2.1:1234"}` or
 * `"[2001:db8::1]:1234"`.
 */
function addressOfConnection(request: Request): string | undefined {
  const peer = (request as { cf?: { clientIp?: unknown } }).cf?.clientIp
  if (typeof peer !== 'string') return undefined
  return /^\[([\da-f:.]+)\]:\d+$/i.exec(peer)?.[1] ?? /^([\d.]+):\d+$/.exec(peer)?.[1]
}
