/** An Authly in raw workerd that sends its spans to a collector of its own. */
import { inject } from 'vitest'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { type RunningStack, startStack } from '../../scripts/stack/start-stack.ts'
import { createSeed, type Seed } from '../conformance/seed.ts'
import { type Collector, type ReceivedSpan, startCollector } from './collector.ts'

export interface TracedAuthly {
  readonly issuer: string
  readonly stack: RunningStack
  readonly seed: Seed
  readonly collector: Collector
  /** Waits until the collector has spans of this trace that satisfy `isComplete`, and returns all of them. */
  traceOf(traceId: string, isComplete: (spans: readonly ReceivedSpan[]) => boolean): Promise<ReceivedSpan[]>
  stop(): Promise<void>
}

/** @param vars the settings of traces */
export async function startTracedAuthly(vars: Readonly<Record<string, string>>): Promise<TracedAuthly> {
  const { bundle, collector: program } = inject('traced')
  const collector = await startCollector(program)
  const port = await findFreePort()
  const issuer = `http://127.0.0.1:${port}`
  const output = process.env['AUTHLY_TEST_LOG'] === undefined ? 'ignore' : 'inherit'
  const stack = await startStack({
    ...{ bundle, port, issuer, output },
    // The tests play Cloudflare, as the conformance tests do; a client's keys are on loopback.
    vars: {
      AUTHLY_CLIENT_ADDRESS: 'cloudflare',
      AUTHLY_ALLOW_LOOPBACK_FETCH: 'true',
      AUTHLY_OTLP_ENDPOINT: collector.endpoint,
      ...vars,
    },
  }).catch(async (error) => {
    await collector.stop()
    throw error
  })
  const seed = createSeed(stack.database_owner_url)
  return {
    ...{ issuer, stack, seed, collector },
    async traceOf(traceId, isComplete) {
      for (const deadline = Date.now() + 30_000; ; ) {
        const spans = (await collector.spans()).filter((span) => span.traceId === traceId)
        if (isComplete(spans)) return spans
        if (Date.now() > deadline) {
          const names = spans.map(({ name }) => name).join(', ')
          throw new Error(`the trace is not complete; it has: ${names}`)
        }
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    },
    async stop() {
      await seed.close().catch(() => undefined)
      await stack.stop()
      await collector.stop()
    },
  }
}
