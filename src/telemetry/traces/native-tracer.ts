/**
 * Adds this server's spans to those that the runtime records and the platform exports (`[observability.traces]` in
 * wrangler.toml). The platform samples, sends, and carries the context into objects by itself.
 */
import { formatTraceparent } from '../../kit/trace-context.ts'
import type { Observer } from '../observe.ts'
import type { Tracer } from '../tracer.ts'
import { describeRequest } from './describe-entry.ts'
import { describeObservation } from './describe-observation.ts'
import { describeAnswer, describeThrown, type SpanOutcome } from './describe-outcome.ts'
import type { Attributes } from './span.ts'

/** What is used of `tracing` of `cloudflare:workers`. */
export interface NativeTracing {
  enterSpan<T>(name: string, work: (span: NativeSpan) => T): T
  getActiveSpan(): NativeSpan | undefined
}

export interface NativeSpan {
  /** Whether the platform records this invocation. */
  readonly isTraced: boolean
  spanContext(): { readonly traceId: string; readonly spanId: string }
  setAttributes(attributes: Attributes): unknown
  setStatus(status: { readonly code: 'ok' | 'error' | 'unset' }): unknown
}

export function createNativeTracer(tracing: NativeTracing): Tracer & Required<Observer> {
  return {
    async traceRequest(request, context, _lifetime, answer) {
      // The handler's span is the platform's; its name is, too.
      const span = tracing.getActiveSpan()
      const response = await answer()
      if (span?.isTraced) finish(span, describeRequest(request, response, context))
      return response
    },

    // The platform has spans for calls, alarms and cron.
    traceInvocation: (_invocation, work) => work(),

    around(kind, attributes, work) {
      const description = describeObservation(kind, attributes)
      return tracing.enterSpan(description.name, async (span) => {
        if (!span.isTraced) return work()
        span.setAttributes(description.attributes)
        // It has no links.
        const causes = [description.continues, ...(description.causes ?? [])].filter(Boolean).join(' ')
        if (causes !== '') span.setAttributes({ 'authly.causes': causes })
        try {
          const answer = await work()
          finish(span, describeAnswer(answer))
          return answer
        } catch (error) {
          finish(span, describeThrown(error))
          throw error
        }
      })
    },

    carried(to) {
      const span = tracing.getActiveSpan()
      if (to === 'object' || !span?.isTraced) return undefined
      const { traceId, spanId } = span.spanContext()
      return formatTraceparent(traceId, spanId, true)
    },
  }
}

function finish(span: NativeSpan, { attributes, isError }: SpanOutcome): void {
  span.setAttributes(attributes)
  if (isError) span.setStatus({ code: 'error' })
}
