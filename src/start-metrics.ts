/** Lets an isolate count, and hand over what it has counted. */
import { configOf, isMetricsOn } from './config.ts'
import { systemClock } from './kit/clock.ts'
import { startCounting } from './telemetry/count.ts'
import { createHandOverSchedule, type Deliver } from './telemetry/hand-over.ts'
import { metricObserver } from './telemetry/metric-observer.ts'
import { createMetricRegistry } from './telemetry/metric-registry.ts'
import { createDeliver } from './telemetry/metrics-client.object.ts'
import { addObserver } from './telemetry/observe.ts'

/**
 * Lets this isolate count, if it is to. An isolate of objects may never see a request, so this is called when the code
 * starts, before there is any; nothing here does I/O.
 * @param waitUntil of whatever runs when it is called
 * @returns ends it
 */
export function startMetrics(env: Env, waitUntil: ExecutionContext['waitUntil']): () => void {
  if (!isMetricsOn(env)) return () => undefined
  const registry = createMetricRegistry()
  let deliver: Deliver | undefined
  const schedule = createHandOverSchedule({
    take: () => registry.take(),
    deliver: (handOver) => {
      deliver ??= createDeliver(env.METRICS, configOf(env))
      return deliver(handOver)
    },
    ...{ waitUntil, now: systemClock },
  })
  const stopCounting = startCounting({ registry, schedule })
  const removeObserver = addObserver(metricObserver)
  return () => {
    removeObserver()
    stopCounting()
  }
}
