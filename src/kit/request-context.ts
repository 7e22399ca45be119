/**
 * The request that code runs for, wherever it stands in the call: what is logged, traced or counted finds it here and
 * need not be handed it. Work without a request (alarms, cron) has none.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { TraceContext } from './trace-context.ts'

export interface RequestContext {
  readonly requestId: string
  readonly trace: TraceContext
  /** The span of this server in the trace: the parent of all others here. */
  readonly spanId: string
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number
  /** Template of the route that answers, `/admin/users/{user_id}`, as soon as it is known. Set by routers alone. */
  route: string | undefined
}

const current = new AsyncLocalStorage<RequestContext>()

/** Runs `work` and everything it starts, including what continues after the response, for this request. */
export const runForRequest = <T>(context: RequestContext, work: () => T): T => current.run(context, work)

export const currentRequest = (): RequestContext | undefined => current.getStore()
