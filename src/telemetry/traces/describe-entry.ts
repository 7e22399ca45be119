/** Spans where work enters this server (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server). */
import { explanationOf } from '../../kit/explain.ts'
import type { RequestContext } from '../../kit/request-context.ts'
import { knownMethod, outcomeOf } from '../request-outcome.ts'
import type { Invocation } from '../tracer.ts'
import { objectAttributes, type SpanDescription } from './describe-observation.ts'
import type { SpanOutcome } from './describe-outcome.ts'

/** How a request was answered. Its path is left out: it may hold names and secrets; the route is enough. */
export function describeRequest(
  request: Request,
  response: Response,
  { route, requestId }: RequestContext,
): SpanOutcome {
  const { status } = response
  const explanation = explanationOf(response)
  const isError = outcomeOf(status, explanation) === 'failed'
  const method = knownMethod(request.method)
  return {
    name: route === undefined ? method : `${method} ${route}`,
    isError,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      // A refusal is no error of this server, but its code says what happened.
      'error.type': explanation?.error ?? (isError ? String(status) : undefined),
      'authly.request_id': requestId,
    },
  }
}

/** A call of an object, its alarm, or the cron trigger. */
export const describeInvocation = ({ name, trigger }: Invocation): SpanDescription =>
  trigger === 'call'
    ? { name, kind: 'server', attributes: objectAttributes(name) }
    : { name, kind: 'internal', attributes: { 'faas.trigger': 'timer' } }
