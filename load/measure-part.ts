/** Runs one part, and tells what it cost: CPU of every process, and what the worker held in memory, second by second. */
import { type RateResult, runConstantRate } from '../bench/load/constant-rate.ts'
import { cpuSeconds, untilIdle } from '../bench/process-cpu.ts'
import { forgetPeaks, memoryMb, peakMb } from '../bench/process-memory.ts'
import type { ProcessRoots } from '../bench/target.ts'
import type { PartName } from './options.ts'
import type { LoadServer } from './server.ts'
import type { Stream } from './sizes.ts'
import type { PlannedStream, StreamName } from './streams.ts'

export interface Cost {
  /** CPU milliseconds per request, deferred work included. */
  readonly cpuMs: Readonly<Record<keyof ProcessRoots, number>>
  /** Of the worker: one sample a second, and the most there ever was. */
  readonly memoryMb: readonly number[]
  readonly peakMemoryMb: number
}

export interface StreamRun extends Stream, Omit<RateResult, 'tokensLeft' | 'collected'> {
  readonly name: StreamName
}

export interface PartRun extends Cost {
  readonly part: PartName
  readonly streams: readonly StreamRun[]
  /** Whether the audit event of every client_credentials token arrived in Postgres. */
  readonly isDelivered: boolean
}

const sampleMs = 1_000

/** @param work resolves to the number of its requests */
export async function measureCost(server: LoadServer, work: () => Promise<number>): Promise<Cost> {
  const { roots } = server
  const rest = () => untilIdle([...roots.server, ...roots.database, ...roots.gateway])
  await rest()
  forgetPeaks(roots.server)
  const before = readCpu(roots)
  const samples = [memoryMb(roots.server)]
  const sampler = setInterval(() => {
    try {
      samples.push(memoryMb(roots.server))
    } catch {
      // The worker has ended: the work will say so.
      clearInterval(sampler)
    }
  }, sampleMs)
  let requests: number
  try {
    requests = await work()
  } finally {
    clearInterval(sampler)
  }
  const peakMemoryMb = peakMb(roots.server)
  await rest()
  const after = readCpu(roots)
  const cost = (who: keyof ProcessRoots) => ((after[who] - before[who]) * 1_000) / requests
  return {
    cpuMs: { server: cost('server'), database: cost('database'), gateway: cost('gateway') },
    ...{ memoryMb: samples, peakMemoryMb },
  }
}

const readCpu = (roots: ProcessRoots) => ({
  server: cpuSeconds(roots.server),
  database: cpuSeconds(roots.database),
  gateway: cpuSeconds(roots.gateway),
})

/** Plays `streams` at once, first to warm up. */
export async function measureStreams(
  server: LoadServer,
  part: PartName,
  streams: readonly PlannedStream[],
  seconds: number,
  warmUpSeconds: number,
): Promise<PartRun> {
  const play = async (stream: PlannedStream, duration: number): Promise<StreamRun> => {
    const { name, requestsPerSecond, connections } = stream
    const options = { seconds: duration, requestsPerSecond, connections }
    const { tokensLeft = [], ...result } = await runConstantRate(stream.plan(), options)
    stream.keep(tokensLeft)
    return { ...result, name, requestsPerSecond, connections }
  }
  const playAll = (duration: number) => Promise.all(streams.map((stream) => play(stream, duration)))
  await playAll(warmUpSeconds)
  let runs: readonly StreamRun[] = []
  let isDelivered = true
  const cost = await measureCost(server, async () => {
    const sinceMs = Date.now()
    runs = await playAll(seconds)
    const tokens = runs.find(({ name }) => name === 'tokens')?.requests ?? 0
    isDelivered = await server.delivery.untilDelivered('client_credentials', sinceMs, tokens)
    return runs.reduce((sum, run) => sum + run.requests, 0)
  })
  return { part, streams: runs, isDelivered, ...cost }
}
