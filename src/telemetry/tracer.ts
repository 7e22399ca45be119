/** Where work enters this server: what records traces wraps it here. Without a tracer it is the work itself. */
import type { RequestContext } from '../kit/request-context.ts'

/** What keeps an invocation alive after its answer: the context of a request, or the state of an object. */
export interface Lifetime {
  waitUntil(work: Promise<unknown>): void
}

/** What runs without a request of its own. */
export interface Invocation {
  /** `UserSessions/checkSession`, `Job alarm`, `cron`. */
  readonly name: string
  readonly trigger: 'call' | 'timer'
  /** The caller's `traceparent`; without one a trace begins. */
  readonly context?: string
  readonly lifetime: Lifetime
}

export interface Tracer {
  /** @param context its route is known once the answer is there */
  traceRequest(
    request: Request,
    context: RequestContext,
    lifetime: Lifetime,
    answer: () => Promise<Response>,
  ): Promise<Response>
  traceInvocation<T>(invocation: Invocation, work: () => Promise<T>): Promise<T>
}

let tracer: Tracer | undefined

/** @returns removes it */
export function installTracer(next: Tracer): () => void {
  const former = tracer
  tracer = next
  return () => {
    tracer = former
  }
}

/** Runs `answer` for a request. */
export const traceRequest: Tracer['traceRequest'] = (request, context, lifetime, answer) =>
  tracer === undefined ? answer() : tracer.traceRequest(request, context, lifetime, answer)

/** Runs `work` for an invocation. */
export const traceInvocation: Tracer['traceInvocation'] = (invocation, work) =>
  tracer === undefined ? work() : tracer.traceInvocation(invocation, work)
