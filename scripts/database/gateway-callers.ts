/**
 * The gateway serves only programs on this machine. Attack: web pages also reach loopback ports, by DNS rebinding or
 * plain cross-site requests; an Origin header or a foreign Host reveals them.
 */
import type { IncomingHttpHeaders } from 'node:http'

const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

/** Whether the request comes from a browser page or was sent to a name that is not loopback. */
export function isForeignCaller(headers: IncomingHttpHeaders): boolean {
  return headers.origin !== undefined || headers.host === undefined || !loopbackHost.test(headers.host)
}
