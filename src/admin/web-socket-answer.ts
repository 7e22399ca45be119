/** What operations that become a WebSocket have in common (RFC 6455). */
import type { Problem } from '../kit/problem.ts'
import { err, ok, type Result } from '../kit/result.ts'

const upgradeRequired: Problem = {
  code: 'upgrade_required',
  status: 426,
  title: 'This is a WebSocket',
  detail: 'Connect with Upgrade: websocket.',
  headers: { upgrade: 'websocket' },
}

/** Whether the request asks for a WebSocket; a problem (426) when it does not. */
export const checkUpgrade = ({ headers }: Request): Result<undefined, Problem> =>
  headers.get('upgrade')?.toLowerCase() === 'websocket' ? ok(undefined) : err(upgradeRequired)

/** The answer that gives the caller its end of `socket`. */
export function acceptSocket({ headers }: Request, socket: WebSocket): Response {
  const isOffered = headers.get('sec-websocket-protocol')?.startsWith('authly.bearer')
  return new Response(null, {
    ...{ status: 101, webSocket: socket },
    // A browser breaks off unless one of its protocols is taken; the token is never repeated.
    headers: isOffered ? { 'sec-websocket-protocol': 'authly.bearer' } : {},
  })
}
