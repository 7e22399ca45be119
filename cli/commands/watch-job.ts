/** Follows a job to its end: over Server-Sent Events where the server has them, by asking again otherwise. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CatalogueOperation } from '../api/catalogue.ts'
import { readEvents, type StreamPosition } from '../api/event-stream.ts'
import type { CommandContext } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { createProgressBar, type Progress } from '../output/progress-bar.ts'
import type { Item } from '../output/table.ts'
import { fillPath } from './operation-request.ts'

export type JobState = Progress & Readonly<Record<string, unknown>>

const isOver = ({ status }: Progress): boolean => !['queued', 'running'].includes(status)

/**
 * @param isQuiet the job is only a means: it is not printed when all went well
 * @returns the exit status: 0 only when every row went through
 */
export async function watchJob(
  context: CommandContext,
  jobId: string,
  all: readonly CatalogueOperation[],
  isQuiet = false,
): Promise<number> {
  const bar = createProgressBar(context.terminal)
  let last: JobState | undefined
  try {
    for await (const state of statesOf(context, jobId, all)) {
      last = state
      if (context.output.format === 'ndjson' && !isQuiet) context.output.streamed(state, '')
      else bar.show(state)
    }
  } catch (error) {
    if (error instanceof Failure && error.reason === 'interrupted') {
      throw new Failure('interrupted', 'Not watching any more; the job goes on.', {
        hint: `authly jobs watch ${jobId}, or: authly jobs cancel ${jobId}`,
      })
    }
    throw error
  } finally {
    bar.end()
  }
  const code = last?.status === 'succeeded' && last.failed === 0 ? exitCodes.ok.code : exitCodes.partly.code
  if (context.output.format !== 'ndjson' && !(isQuiet && code === 0)) context.output.thing(last)
  if (last) noteFailures(context, last)
  return code
}

/** Says by which command the rows that failed can be seen, and why each did. */
export function noteFailures({ output }: CommandContext, job: Item): void {
  const { failed, files, id } = job as { failed?: unknown; files?: unknown; id?: unknown }
  if (typeof failed !== 'number' || failed === 0 || !Array.isArray(files)) return
  const names = files.map((file: Item) => file['name'])
  const name = ['failures', 'results'].find((one) => names.includes(one))
  if (name) output.note(`${failed} failed; see why: authly jobs results ${id} --file ${name}`)
}

/** The job as it is, then every change of its progress, then the job as it ended. */
async function* statesOf(
  context: CommandContext,
  jobId: string,
  all: readonly CatalogueOperation[],
): AsyncGenerator<JobState, void, undefined> {
  const { interrupted } = context.terminal
  const read = all.find(({ id }) => id === 'getJob')
  const stream = all.find(({ id }) => id === 'streamJob')
  if (!read) throw new Failure('usage', 'This server has no jobs.')
  const api = await context.api()
  const path = (operation: CatalogueOperation) => fillPath(operation.path, { job_id: jobId })
  const position: StreamPosition = { lastEventId: undefined, retryMs: 1000 }
  for (;;) {
    const state = (await (await api.send({ method: 'GET', path: path(read) })).json()) as JobState
    yield state
    if (isOver(state)) return
    if (stream) yield* progressOf(context, path(stream), state, position)
    await sleep(position.retryMs, undefined, { signal: interrupted }).catch(() => {
      throw new Failure('interrupted', 'Interrupted.')
    })
  }
}

/** Until the stream ends, for whatever reason: the job itself is read again then. */
async function* progressOf(
  context: CommandContext,
  path: string,
  job: JobState,
  position: StreamPosition,
): AsyncGenerator<JobState, void, undefined> {
  const headers = {
    accept: 'text/event-stream',
    ...(position.lastEventId ? { 'last-event-id': position.lastEventId } : {}),
  }
  const { body } = await (await context.api()).send({ method: 'GET', path, headers })
  try {
    for await (const { data } of readEvents(body as ReadableStream<Uint8Array>, position)) {
      const { status, total, processed, succeeded, failed, eta_seconds, detail } = JSON.parse(
        data,
      ) as JobState
      yield { ...job, status, total, processed, succeeded, failed, eta_seconds, detail }
    }
    // It ended with the job.
    position.retryMs = 50
  } catch (error) {
    if (context.terminal.interrupted.aborted) throw new Failure('interrupted', 'Interrupted.')
    if (error instanceof Failure || error instanceof SyntaxError) throw error
    position.retryMs = 1000
  }
}
