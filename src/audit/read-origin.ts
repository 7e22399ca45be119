/**
 * The origin of a request, as the proxy in front of the worker reports it. Attack: without Cloudflare, a caller who
 * sends `CF-Connecting-IP` could choose the address that rate limits count and address lists admit.
 */
import { parseIpAddress } from '../kit/ip-address.ts'
import type { Origin } from './event.ts'

/** `AUTHLY_CLIENT_ADDRESS`: whom to believe about the address of a caller. */
type ClientAddress = 'unknown' | 'connection' | 'cloudflare' | 'proxy'

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
  return {
    ip: readAddress(request, clientAddress),
    user_agent: request.headers.get('user-agent')?.slice(0, 256),
    request_id: requestId,
  }
}

function readAddress(request: Request, clientAddress: ClientAddress): string | undefined {
  switch (clientAddress) {
    case 'cloudflare':
      return request.headers.get('cf-connecting-ip') ?? undefined
    case 'proxy':
      return addressOfProxy(request.headers.get('x-forwarded-for'))
    case 'connection':
      return addressOfConnection(request)
    case 'unknown':
      return undefined
  }
}

/** The last address: the proxy wrote it. Attack: the ones before it are the caller's, who may write anything there. */
function addressOfProxy(forwarded: string | null): string | undefined {
  const last = forwarded?.split(',').at(-1)?.trim()
  return last !== undefined && parseIpAddress(last) ? last : undefined
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
