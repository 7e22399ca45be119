/**
 * One line of the log for each request: how it was answered. Refusals and errors always have one; of successes only a
 * sample, because a line can cost more than the request (docs/log.md).
 */
import { type LogFields, logError, logInfo, logWarning } from '../kit/log.ts'
import type { RequestContext } from '../kit/request-context.ts'
import { createTraceId, type TraceSample } from '../kit/trace-context.ts'
import { knownMethod, type RequestEnd } from './request-outcome.ts'
import { type AddressDetail, shownAddress } from './shown-address.ts'

export interface LogSettings {
  /** The successful requests that get a line; undefined: none. */
  readonly accessSample: TraceSample | undefined
  readonly addresses: AddressDetail
}

/** A request as its line describes it. */
export interface LoggedRequest extends RequestContext {
  readonly logSettings: LogSettings
  /** Where it comes from, according to `AUTHLY_CLIENT_ADDRESS`. */
  readonly address: string | undefined
}

export function logRequest(request: Request, end: RequestEnd, context: LoggedRequest): void {
  const { status, outcome, explanation } = end
  if (outcome === 'success' && !isSampled(context)) return
  const fields: LogFields = {
    caller_request_id: callerRequestId(request),
    method: knownMethod(request.method),
    route: context.route,
    status,
    duration_ms: Date.now() - context.startedAt,
    outcome,
    ...explanation,
    at: explanation?.at?.slice(0, maxPlaces),
    address: shownAddress(context.address, context.logSettings.addresses),
  }
  if (outcome === 'success') logInfo('request_served', fields)
  else if (outcome === 'failed') logError('request_failed', fields)
  // RFC 9449 §8: how a client gets its first nonce. Nothing is wrong, and the client repeats the request.
  else if (explanation?.error === 'use_dpop_nonce') logInfo('nonce_handed_out', fields)
  else logWarning('request_refused', fields)
}

/**
 * Whether a success gets a line. Attack: a caller chooses the id of its trace, and with it would choose that all of its
 * requests get one, or none: where the trace comes from outside, chance decides.
 */
function isSampled(context: LoggedRequest): boolean {
  const { accessSample } = context.logSettings
  if (accessSample === undefined) return false
  const { parentId, traceId } = context.trace
  return accessSample(parentId === undefined ? traceId : createTraceId())
}

/** Attack: a body with thousands of faults makes a line that costs more than its request. */
const maxPlaces = 20

/** UUIDs, ULIDs, hexadecimal and base64url numbers. */
const idShape = /^[\w-]{1,64}$/

/**
 * The caller's own id of the request, only to find it again. Attack: a caller who chose the id of the request itself
 * could repeat that of another, and put its own acts into that one's place in the log and in the audit trail.
 */
function callerRequestId(request: Request): string | undefined {
  const id = request.headers.get('x-request-id')
  return id !== null && idShape.test(id) ? id : undefined
}
