/** Records spans in the isolate, for where the platform does not: local, self-hosted, or to an own collector. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createSpanId, formatTraceparent, readTraceContext } from '../../kit/trace-context.ts'
import type { Observer } from '../observe.ts'
import { knownMethod } from '../request-outcome.ts'
import type { Lifetime, Tracer } from '../tracer.ts'
import { describeInvocation, describeRequest } from './describe-entry.ts'
import { describeObservation, type SpanDescription } from './describe-observation.ts'
import { describeAnswer, describeThrown, type SpanOutcome } from './describe-outcome.ts'
import { LocalTrace } from './local-trace.ts'
import { createRateGate } from './rate-gate.ts'
import type { Sample } from './sampler.ts'
import type { Attributes, Span } from './span.ts'
import type { SpanBuffer } from './span-buffer.ts'

/** In an outage every request fails: enough of them are kept to see why. */
const keptFailuresPerSecond = 10

export interface RecordingNeeds {
  readonly sample: Sample
  readonly buffer: SpanBuffer
  /** Attributes of every request's span. */
  readonly server: Attributes
  readonly now?: () => number
}

/** A span that has begun; code below it finds it as its parent. */
interface Begun {
  readonly trace: LocalTrace
  readonly spanId: string
  readonly parentSpanId: string | undefined
  /** Whether it is where the trace entered this server: the trace ends with it. */
  readonly isEntry: boolean
  readonly start: number
  readonly description: SpanDescription
}

/** Builds both: observations find their parents where requests and invocations put them. */
export function createRecordingTracer(needs: RecordingNeeds): Tracer & Required<Observer> {
  const { sample, buffer, server, now = Date.now } = needs
  const current = new AsyncLocalStorage<Begun>()
  const keepsFailure = createRateGate(keptFailuresPerSecond, now)

  function end(begun: Begun, outcome: SpanOutcome): void {
    const { trace, isEntry } = begun
    const span = finish(begun, outcome, now())
    if (isEntry) {
      if (outcome.isError && !trace.isRecorded && keepsFailure()) trace.keep()
      trace.end(span)
    } else trace.add(span)
  }

  async function run<T>(
    begun: Begun,
    work: () => Promise<T>,
    describe: (answer: T) => SpanOutcome,
  ): Promise<T> {
    let answer: T
    try {
      answer = await current.run(begun, work)
    } catch (error) {
      end(begun, describeThrown(error))
      throw error
    }
    end(begun, describe(answer))
    return answer
  }

  const enter = (context: string | undefined, description: SpanDescription, lifetime: Lifetime): Begun => {
    const parent = readTraceContext(context ?? null)
    // A caller that hands over a context is this server: its decision holds.
    const isRecorded = context === undefined ? sample(parent) : parent.sampled === true
    return {
      trace: new LocalTrace(parent.traceId, isRecorded, buffer, lifetime),
      ...{ spanId: createSpanId(), parentSpanId: parent.parentId, isEntry: true, start: now(), description },
    }
  }

  return {
    traceRequest(request, context, lifetime, answer) {
      const { traceId, parentId } = context.trace
      const begun: Begun = {
        trace: new LocalTrace(traceId, sample(context.trace), buffer, lifetime),
        ...{ spanId: context.spanId, parentSpanId: parentId, isEntry: true, start: context.startedAt },
        description: { name: knownMethod(request.method), kind: 'server', attributes: server },
      }
      return run(begun, answer, (response) => describeRequest(request, response, context))
    },

    traceInvocation: (invocation, work) =>
      run(
        enter(invocation.context, describeInvocation(invocation), invocation.lifetime),
        work,
        describeAnswer,
      ),

    around(kind, attributes, work) {
      const parent = current.getStore()
      // Where nothing entered, nothing is traced.
      if (parent === undefined) return work()
      const description = describeObservation(kind, attributes)
      // What caused it is recorded: so that the links of both lead somewhere, this is, too.
      if (description.causes !== undefined && description.causes.length > 0) parent.trace.keep()
      const begun: Begun =
        description.continues === undefined
          ? {
              trace: parent.trace,
              ...{ spanId: createSpanId(), parentSpanId: parent.spanId, isEntry: false, start: now() },
              description,
            }
          : enter(description.continues, description, parent.trace.lifetime)
      return run(begun, work, describeAnswer)
    },

    carried() {
      const position = current.getStore()
      if (!position?.trace.isRecorded) return undefined
      return formatTraceparent(position.trace.traceId, position.spanId, true)
    },
  }
}

function finish({ trace, description, ...begun }: Begun, outcome: SpanOutcome, now: number): Span {
  const links = (description.causes ?? []).flatMap((cause) => {
    const { traceId, parentId } = readTraceContext(cause)
    return parentId === undefined ? [] : [{ traceId, spanId: parentId }]
  })
  return {
    ...{ traceId: trace.traceId, spanId: begun.spanId, parentSpanId: begun.parentSpanId },
    isParentRemote: begun.isEntry,
    ...{ name: outcome.name ?? description.name, kind: description.kind },
    ...{ start: begun.start, end: Math.max(begun.start, now), links, isError: outcome.isError },
    attributes: { ...description.attributes, ...outcome.attributes },
  }
}
