/**
 * The origin of a request, as the proxy in front of the worker reports it. Attack: without Cloudflare, a caller who
 * sends `CF-Connecting-IP` could choose the address that rate limits count and address lists admit.
 */
import type { Origin } from './event.ts'

/** `AUTHLY_CLIENT_ADDRESS`: whom to believe about the address of a caller. */
type ClientAddress = 'unknown' | 'connection' | 'cloudflare'

/** The id that Cloudflare gave the request, or a new one. */
export const readRequestId = (request: Request, clientAddress: ClientAddress): string =>
  (clientAddress === 'cloudflare' ? request.headers.get('cf-ray') : null) ?? crypto.randomUUID()

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
