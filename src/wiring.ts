/**
 * Turns bindings into dependencies, per request; nothing here does I/O by itself. What a token request does not need is
 * loaded on demand (docs/decisions/0040). Each area of `wiring/` builds the members that belong together.
 */

import type { Origin } from './audit/event.ts'
import { readOrigin, readRequestId } from './audit/read-origin.ts'
import type { Config } from './config.ts'
import type { Dependencies, RequestEnv } from './dependencies.ts'
import type { ReadArea } from './edge-cache/edge-cache.ts'
import { systemClock as now } from './kit/clock.ts'
import { createSpanId, readTraceContext, type TraceContext } from './kit/trace-context.ts'
import { isCounting } from './telemetry/count.ts'
import type { LogSettings } from './telemetry/log-request.ts'
import { administration } from './wiring/administration.ts'
import { clients } from './wiring/clients.ts'
import { delivery } from './wiring/delivery.ts'
import { events } from './wiring/events.ts'
import { findConfig, isolateOf } from './wiring/isolate.ts'
import { keys } from './wiring/keys.ts'
import { passwords } from './wiring/passwords.ts'
import { people } from './wiring/people.ts'
import { probes } from './wiring/probes.ts'
import { runTimeSettings } from './wiring/run-time-settings.ts'
import { sessions } from './wiring/sessions.ts'
import { BareRequest, type Makers, type WiredRequest } from './wiring/wired-request.ts'

export { createCache, isolateOf } from './wiring/isolate.ts'

type Context = Pick<ExecutionContext, 'waitUntil'>

/** Complete by its type. */
const makers: Makers = {
  ...administration,
  ...clients,
  ...delivery,
  ...events,
  ...keys,
  ...passwords,
  ...people,
  ...probes,
  ...runTimeSettings,
  ...sessions,
}

/**
 * All dependencies of a request, each created on first use: a token request pays for four of these, not twenty. A
 * class, because getters on a prototype cost a request nothing (docs/decisions/0013).
 */
class RequestDependencies extends BareRequest {}
for (const [name, make] of Object.entries<(request: WiredRequest) => unknown>(makers)) {
  Object.defineProperty(RequestDependencies.prototype, name, {
    get(this: WiredRequest) {
      return make(this)
    },
  })
}

const createDependencies = (...given: ConstructorParameters<typeof BareRequest>): Dependencies =>
  new RequestDependencies(...given) as WiredRequest

/** Only the metric of cache reads wants to know. */
function areaOf({ url }: Request): ReadArea {
  if (!isCounting()) return 'public'
  return url.startsWith('/admin/', url.indexOf('/', 'https://'.length)) ? 'admin' : 'public'
}

/** What the routers get instead of bindings. Discovery needs only the configuration. */
class LazyRequestEnv implements RequestEnv {
  readonly startedAt = now()
  route: string | undefined
  readonly #request: Request
  readonly #env: Env
  readonly #ctx: Context
  #builtDeps: Dependencies | undefined
  #builtOrigin: Origin | undefined
  #builtRequestId: string | undefined
  #builtTrace: TraceContext | undefined
  #builtSpanId: string | undefined

  constructor(request: Request, env: Env, ctx: Context) {
    this.#request = request
    this.#env = env
    this.#ctx = ctx
  }

  get config() {
    return isolateOf(this.#env).config
  }

  get deps() {
    this.#builtDeps ??= createDependencies(this.#env, this.#ctx, areaOf(this.#request), () => this.origin.ip)
    return this.#builtDeps
  }

  get origin() {
    this.#builtOrigin ??= readOrigin(this.#request, clientAddressOf(this.#env), this.requestId)
    return this.#builtOrigin
  }

  get requestId() {
    this.#builtRequestId ??= readRequestId(this.#request, clientAddressOf(this.#env))
    return this.#builtRequestId
  }

  get trace() {
    this.#builtTrace ??= readTraceContext(this.#request.headers.get('traceparent'), this.requestId)
    return this.#builtTrace
  }

  get spanId() {
    this.#builtSpanId ??= createSpanId()
    return this.#builtSpanId
  }

  get logSettings() {
    return findConfig(this.#env)?.log ?? unconfiguredLog
  }

  get address() {
    return this.origin.ip
  }
}

/** Refusals for want of a configuration are logged too. */
const unconfiguredLog: LogSettings = { accessSample: undefined, addresses: 'none' }

/** The environment of one request. Nothing here does I/O by itself. */
export const createRequestEnv = (request: Request, env: Env, ctx: Context): RequestEnv =>
  new LazyRequestEnv(request, env, ctx)

/** Also works without a valid configuration, so that those refusals carry a request id too. */
const clientAddressOf = (env: Env): Config['clientAddress'] => findConfig(env)?.clientAddress ?? 'unknown'
