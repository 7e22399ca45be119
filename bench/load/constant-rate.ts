/**
 * Load at a constant rate over a bounded number of connections. A request that is due while every connection is busy
 * waits, and its wait counts: latency runs from the moment a request was due, so that a stall of the server is seen by
 * all whom it would have kept waiting, and not only by those it happened to hold (coordinated omission).
 */
import { percentile } from '../median.ts'
import type { LoadResult, RequestPlan } from '../target.ts'
import { ConnectionPool } from './connection-pool.ts'
import { type RequestSource, requestSource } from './request-source.ts'
import type { HttpResponse } from './response-reader.ts'

export interface RateOptions {
  readonly seconds: number
  readonly connections: number
  readonly requestsPerSecond: number
}

export interface RateResult extends LoadResult {
  readonly p90Ms: number
  readonly p999Ms: number
  readonly maxMs: number
  /** Of the failures: answers of 429. */
  readonly limited: number
  /** Of the failures: requests without an answer. */
  readonly lost: number
  /** Connections that the server closed while they were idle. Each was opened again. */
  readonly closedIdle: number
}

const tickMs = 1
/** After the last request was due; whoever has no answer then has lost it. */
const patienceMs = 30_000

/** What came back. */
class Tally {
  readonly latencies: number[] = []
  failures = 0
  failureSample: string | undefined
  limited = 0
  lost = 0

  get count(): number {
    return this.latencies.length + this.lost
  }

  answer(ms: number, { status, body }: HttpResponse, isExpected: boolean): void {
    this.latencies.push(ms)
    if (isExpected) return
    this.failures += 1
    if (status === 429) this.limited += 1
    this.failureSample ??= `${status} ${body.slice(0, 300)}`
  }

  lose(requests: number): void {
    this.lost += requests
    this.failures += requests
  }
}

/** Plays `plan`; failing responses and lost requests are counted. @throws when the server accepts no connection */
export async function runConstantRate(plan: RequestPlan, options: RateOptions): Promise<RateResult> {
  const source = requestSource(plan)
  const tally = new Tally()
  const { seconds, closedIdle } = await play(plan.port, source, options, tally)
  const sorted = tally.latencies.sort((a, b) => a - b)
  const { failures, failureSample, limited, lost } = tally
  return {
    requests: tally.count,
    seconds,
    p50Ms: percentile(sorted, 0.5),
    p90Ms: percentile(sorted, 0.9),
    p99Ms: percentile(sorted, 0.99),
    p999Ms: percentile(sorted, 0.999),
    maxMs: sorted.at(-1) ?? 0,
    ...{ failures, limited, lost, closedIdle },
    ...(failureSample === undefined ? {} : { failureSample }),
    tokensLeft: source.tokensLeft(),
  }
}

/** Sends what is due until everything is answered or lost. */
async function play(
  port: number,
  source: RequestSource,
  { seconds, connections, requestsPerSecond }: RateOptions,
  tally: Tally,
): Promise<Pick<RateResult, 'seconds' | 'closedIdle'>> {
  const total = Math.floor(seconds * requestsPerSecond)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let sent = 0
  // Nothing is due before every connection is open.
  let startedAt = Number.POSITIVE_INFINITY
  const dueAt = (index: number): number => startedAt + (index * 1_000) / requestsPerSecond
  const pool = await ConnectionPool.open<number>(port, connections, {
    onAnswer: (dueAt, response) => {
      tally.answer(performance.now() - dueAt, response, source.accept(response))
      if (tally.count === total) resolve()
    },
    onLost: () => {
      tally.lose(1)
      if (tally.count === total) resolve()
    },
    onFree: () => sendDue(),
    onRefused: reject,
  })
  function sendDue(): void {
    const now = performance.now()
    while (sent < total && dueAt(sent) <= now && pool.hasFree) {
      const request = source.next()
      if (request === undefined) {
        if (pool.busy === 0) reject(new Error('every token was lost: nothing is left to send'))
        return
      }
      pool.send(request, dueAt(sent++))
    }
  }
  startedAt = performance.now()
  const timer = setInterval(sendDue, tickMs)
  const end = setTimeout(
    () => {
      tally.lose(total - tally.count)
      resolve()
    },
    seconds * 1_000 + patienceMs,
  )
  try {
    await promise
  } finally {
    clearInterval(timer)
    clearTimeout(end)
    pool.close()
  }
  return { seconds: (performance.now() - startedAt) / 1_000, closedIdle: pool.closedIdle }
}
