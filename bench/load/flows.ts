/**
 * Plays flows over a fixed number of connections, as fast as the server answers. A connection is never idle while there
 * is something to send: what follows from an answer first, else the beginning of the next flow. Flows that have begun
 * when the time is up are played to their end, so that the server has worked for nothing that is not counted.
 */
import { percentile } from '../median.ts'
import type { Brought, Expectation, FlowPlan, HttpRequest, LoadResult } from '../target.ts'
import { ConnectionPool } from './connection-pool.ts'
import type { LoadOptions } from './load-options.ts'
import { encodeRequest } from './request-source.ts'
import type { HttpResponse } from './response-reader.ts'

/** Whoever has no answer by then after the time is up has lost it. */
const patienceMs = 10_000

/** A flow under way. */
interface Flow {
  readonly requests: readonly HttpRequest[]
  readonly brought: Partial<Record<Brought, string>>
  readonly startedAt: number
  /** Of the step whose answer is awaited. */
  position: number
}

const locationOf = ({ head }: HttpResponse): string => /\r\nlocation: *([^\r]*)/i.exec(head)?.[1] ?? ''

const readers: Record<Brought, (response: HttpResponse) => string | undefined> = {
  code: (response) => {
    const code = /[?&]code=([^&#]+)/.exec(locationOf(response))?.[1]
    return code === undefined ? undefined : decodeURIComponent(code)
  },
  request_uri: ({ body }) => /"request_uri"\s*:\s*"([^"]+)"/.exec(body)?.[1],
}

const isExpected = (
  response: HttpResponse,
  { status, bodyContains, locationContains }: Expectation,
): boolean =>
  status.includes(response.status) &&
  response.body.includes(bodyContains ?? '') &&
  locationOf(response).includes(locationContains ?? '')

/** Queries and forms only: elsewhere nothing is replaced. */
function fill(text: string, brought: Flow['brought']): string {
  return text.replace(/\{(code|request_uri)\}/g, (_, name: Brought) =>
    encodeURIComponent(brought[name] ?? ''),
  )
}

function nextRequest({ requests, brought, position }: Flow): string {
  const request = requests[position]
  if (request === undefined) throw new Error('a flow has a request for each step')
  const { path, body } = request
  return encodeRequest({
    ...request,
    path: fill(path, brought),
    ...(body === undefined ? {} : { body: fill(body, brought) }),
  })
}

/** What came back. */
class Tally {
  /** Milliseconds of whole flows, those that failed included. */
  readonly latencies: number[] = []
  failures = 0
  failureSample: string | undefined
  finishedAt = performance.now()

  end(flow: Flow, failure?: string): void {
    this.finishedAt = performance.now()
    this.latencies.push(this.finishedAt - flow.startedAt)
    if (failure === undefined) return
    this.failures += 1
    this.failureSample ??= failure
  }
}

/** Plays `plan`; a flow ends at the first answer that is not as expected. @throws when the server accepts no connection */
export async function runFlows(plan: FlowPlan, { seconds, connections }: LoadOptions): Promise<LoadResult> {
  const tally = new Tally()
  const startedAt = await play(plan, { seconds, connections }, tally)
  const sorted = tally.latencies.sort((a, b) => a - b)
  const { failures, failureSample, finishedAt } = tally
  return {
    requests: sorted.length,
    seconds: (finishedAt - startedAt) / 1_000,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    failures,
    ...(failureSample === undefined ? {} : { failureSample }),
  }
}

/** @returns when the first request was sent */
async function play(
  { port, steps, flows }: FlowPlan,
  { seconds, connections }: LoadOptions,
  tally: Tally,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const underWay = new Set<Flow>()
  /** Those whose next request can be sent. */
  const ready: Flow[] = []
  let begun = 0
  // Nothing is sent before every connection is open.
  let endsAt = 0

  function end(flow: Flow, failure?: string): void {
    underWay.delete(flow)
    tally.end(flow, failure)
  }

  function accept(flow: Flow, response: HttpResponse): void {
    const step = steps[flow.position]
    const value = step?.brings && readers[step.brings](response)
    if (!step || !isExpected(response, step.expect) || (step.brings && value === undefined)) {
      const { status, body } = response
      end(flow, `step ${flow.position + 1}: ${status} ${locationOf(response)} ${body.slice(0, 300)}`)
      return
    }
    if (step.brings && value !== undefined) flow.brought[step.brings] = value
    flow.position += 1
    if (flow.position === steps.length) end(flow)
    else ready.push(flow)
  }

  function begin(): Flow | undefined {
    const requests = performance.now() < endsAt ? flows[begun] : undefined
    if (requests === undefined) return undefined
    begun += 1
    const flow = { requests, brought: {}, startedAt: performance.now(), position: 0 }
    underWay.add(flow)
    return flow
  }

  function sendAll(): void {
    while (pool.hasFree) {
      const flow = ready.shift() ?? begin()
      if (flow === undefined) break
      pool.send(nextRequest(flow), flow)
    }
    if (underWay.size === 0) resolve()
  }

  const pool = await ConnectionPool.open<Flow>(port, connections, {
    onAnswer: accept,
    onLost: (flow) => end(flow, `step ${flow.position + 1}: connection lost`),
    onFree: sendAll,
    onRefused: reject,
  })
  const startedAt = performance.now()
  endsAt = startedAt + seconds * 1_000
  const giveUp = setTimeout(
    () => {
      for (const flow of underWay) end(flow, `step ${flow.position + 1}: no answer`)
      resolve()
    },
    seconds * 1_000 + patienceMs,
  )
  try {
    sendAll()
    await promise
  } finally {
    clearTimeout(giveUp)
    pool.close()
  }
  return startedAt
}
