/** The last step of every response: its line in the log, and the ids under which the request is found again. */
import { formatTraceparent } from '../kit/trace-context.ts'
import { type LoggedRequest, logRequest } from './log-request.ts'
import { measureRequest } from './measure-request.ts'
import { carriedContext } from './observe.ts'
import { endOf } from './request-outcome.ts'

/** @returns `response` with `X-Request-Id` and, for a caller who traces, where the trace went on */
export function finishResponse(request: Request, response: Response, context: LoggedRequest): Response {
  const end = endOf(response)
  logRequest(request, end, context)
  measureRequest(request, end, context)
  // The headers of an upgraded connection can no longer be changed.
  if (response.status === 101) return response
  try {
    addIds(response, request, context)
    return response
  } catch {
    // The headers of a fetched response are immutable.
    const copy = new Response(response.body, response)
    addIds(copy, request, context)
    return copy
  }
}

function addIds({ headers }: Response, request: Request, context: LoggedRequest): void {
  headers.set('x-request-id', context.requestId)
  if (!request.headers.has('traceparent')) return
  const recorded = carriedContext('server')
  const traced = recorded ?? formatTraceparent(context.trace.traceId, context.spanId, false)
  // The response format of W3C Trace Context: a metric of Server Timing.
  headers.append('server-timing', `trace;desc=${traced}`)
}
