/** Shared by operations that upgrade to a WebSocket (RFC 6455). */
import type { Problem } from '../kit/problem.ts'
import { err, ok, type Result } from '../kit/result.ts'

const upgradeRequired: Problem = {
  code: 'upgrade_required',
  status: 426,
  title: 'This is a WebSocket',
  detail: 'Connect with Upgrade: websocket.',
  headers: { upgrade: 'websocket' },
}

/** Whether the request asks for a WebSocket; otherwise a problem (426). */
export const checkUpgrade = ({ headers }: Request): Result<undefined, Problem> =>
  headers.get('upgrade')?.toLowerCase() === 'websocket' ? ok(undefined) : err(upgradeRequired)

/** The answer that hands the client end of `socket` to the caller. */
export function acceptSocket({ headers }: Request, socket: WebSocket): Response {
  const isOffered = headers.get('sec-websocket-protocol')?.startsWith('authly.bearer')
  return new Response(null, {
    ...{ status: 101, webSocket: socket },
    // A browser closes the connection unless one of its protocols is accepted; the token is never repeated.
    headers: isOffered ? { 'sec-websocket-protocol': 'authly.bearer' } : {},
  })
}
