/**
 * The origin of a request, as the proxy in front of the worker reports it. Attack: without Cloudflare, a caller who
 * sends `CF-Connecting-IP` could choose the address that rate limits count and address lists admit.
 */
import type { Origin } from './event.ts'

/** `AUTHLY_CLIENT_ADDRESS`: whom to believe about the address of a caller. */
type ClientAddress = 'unknown' | 'connection' | 'cloudflare'

/** `9e8f7a6b5c4d3e2f-FRA`; anything longer or stranger did not come from Cloudflare. A UUID is longer. */
const rayId = /^[\w-]{8,32}$/

/**
 * The id that Cloudflare gave the request, or a new one; never one of the caller's. Attack: a caller who chose it could
 * put their acts into another's place in the audit trail.
 */
export function readRequestId(request: Request, clientAddress: ClientAddress): string {
  const ray = clientAddress === 'cloudflare' ? request.headers.get('cf-ray') : null
  return ray !== null && rayId.test(ray) ? ray : crypto.randomUUID()
}

/** @param requestId of `readRequestId` */
export function readOrigin(request: Request, clientAddress: ClientAddress, requestId: string): Origin {
  const { headers } = request
  return {
    ip:
      clientAddress === 'cloudflare'
        ? (headers.get('cf-connecting-ip') ?? undefined)
        : clientAddress === 'connection'
          ? addressOfConnection(request)
          : undefined,
    user_agent: headers.get('user-agent')?.slice(0, 256),
    request_id: requestId,
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
