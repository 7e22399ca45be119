/**
 * Who may talk to the gateway: programs on this machine. Web pages also reach loopback ports, by DNS rebinding or
 * plain cross-site requests; they betray themselves by an Origin header or a foreign Host.
 */
import type { IncomingHttpHeaders } from 'node:http'

const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

/** Whether a browser page, or a name that is not loopback, is behind the request. */
export function isForeignCaller(headers: IncomingHttpHeaders): boolean {
  return headers.origin !== undefined || headers.host === undefined || !loopbackHost.test(headers.host)
}
