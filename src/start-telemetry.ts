/** Chooses what observes this isolate, as configured; its code is loaded on demand. */
import { tracing } from 'cloudflare:workers'
import { type Config, configOf } from './config.ts'
import { addObserver, type Observer } from './telemetry/observe.ts'
import { installTracer, type Tracer } from './telemetry/tracer.ts'

let isStarted = false

/** Undefined once it is done, so that a request has nothing to wait for. */
export function startTelemetry(env: object): Promise<void> | undefined {
  return isStarted ? undefined : start(env)
}

/** Several requests may run this at once, because on Workers one must not wait for another: the first one done wins. */
async function start(env: object): Promise<void> {
  let config: Config
  try {
    config = configOf(env)
  } catch {
    // Whoever answers the request says so.
    return
  }
  const tracer = await chooseTracer(config)
  if (isStarted) return
  isStarted = true
  if (tracer === undefined) return
  addObserver(tracer)
  installTracer(tracer)
}

/** A collector of the operator's own, or the platform. */
async function chooseTracer(config: Config): Promise<(Tracer & Observer) | undefined> {
  const { endpoint, ratio } = config.traces
  if (endpoint !== undefined) {
    const { openOtlpTracer } = await import('./telemetry/traces/open-otlp-tracer.ts')
    return openOtlpTracer(config, endpoint)
  }
  if (ratio === 0) return undefined
  const { createNativeTracer } = await import('./telemetry/traces/native-tracer.ts')
  return createNativeTracer(tracing)
}
