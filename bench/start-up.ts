/**
 * How a cold start feels: the time from the first request to the first token, and the CPU time since the process
 * began: a process that listens has not loaded all of its worker yet, so only the sum of both parts is compared.
 * A hello-world worker is started the same way, for comparison.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { type RawProcessOptions, startRawProcess } from './raw-process.ts'
import type { HttpRequest } from './target.ts'

export interface ColdStart {
  /** CPU milliseconds of the process when it begins to listen. */
  readonly startCpuMs: number
  /** Milliseconds from the first request to its answer. */
  readonly firstAnswerMs: number
  /** CPU milliseconds of that first answer. */
  readonly firstAnswerCpuMs: number
  /** The same request again, warm. */
  readonly secondAnswerMs: number
}

/** CPU milliseconds of all live threads of a process; schedstat counts nanoseconds where stat counts 10 ms ticks. */
function cpuMs(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  }
  return nanoseconds / 1e6
}

async function answerMs(port: number, { method, path, headers, body }: HttpRequest): Promise<number> {
  const startedAt = performance.now()
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    ...{ method, headers: { ...headers } },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`first request of a cold worker: ${response.status} ${text}`)
  return performance.now() - startedAt
}

async function coldStart(options: RawProcessOptions, first: HttpRequest): Promise<ColdStart> {
  const child = await startRawProcess(options)
  try {
    const pid = child.process.pid as number
    const startCpuMs = cpuMs(pid)
    const firstAnswerMs = await answerMs(options.port, first)
    const firstAnswerCpuMs = cpuMs(pid) - startCpuMs
    return {
      startCpuMs,
      firstAnswerMs,
      firstAnswerCpuMs,
      secondAnswerMs: await answerMs(options.port, first),
    }
  } finally {
    await child.stop('SIGKILL')
  }
}

/** Cold starts one after another: processes that nothing was asked of before. */
export async function measureColdStarts(
  options: RawProcessOptions,
  first: HttpRequest,
  times = 7,
): Promise<ColdStart[]> {
  const starts: ColdStart[] = []
  for (let index = 0; index < times; index += 1) starts.push(await coldStart(options, first))
  return starts
}
