/** Follows a job to its end: over Server-Sent Events where the server has them, by asking again otherwise. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CatalogueOperation } from '../api/catalogue.ts'
import { readEvents, type StreamPosition } from '../api/event-stream.ts'
import type { CommandContext } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { createProgressBar, type Progress } from '../output/progress-bar.ts'
import { fillPath } from './operation-request.ts'

export type JobState = Progress & Readonly<Record<string, unknown>> & { readonly succeeded?: number }

const isOver = ({ status }: Progress): boolean => !['queued', 'running'].includes(status)

/** @returns the exit status: 0 only when every row went through */
export async function watchJob(
  context: CommandContext,
  jobId: string,
  all: readonly CatalogueOperation[],
): Promise<number> {
  const bar = createProgressBar(context.terminal)
  let last: JobState | undefined
  try {
    for await (const state of statesOf(context, jobId, all)) {
      last = state
      if (context.output.format === 'ndjson') context.output.streamed(state, '')
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
  if (context.output.format !== 'ndjson') context.output.thing(last)
  return last?.status === 'succeeded' && last.failed === 0 ? exitCodes.ok.code : exitCodes.partly.code
}

async function* statesOf(
  context: CommandContext,
  job_id: string,
  all: readonly CatalogueOperation[],
): AsyncGenerator<JobState, void, undefined> {
  const api = await context.api()
  const parameter = (path: string) => /\{([^}]+)\}/.exec(path)?.[1] ?? 'job_id'
  const pathOf = ({ path }: CatalogueOperation) => fillPath(path, { [parameter(path)]: job_id })
  const stream = all.find(({ path, answer }) => path.startsWith('/admin/jobs/{') && answer === 'events')
  const read = all.find(({ path, method }) => /^\/admin\/jobs\/\{[^/]+\}$/.test(path) && method === 'GET')
  if (!read) throw new Failure('usage', 'This server has no jobs.')
  const position: StreamPosition = { lastEventId: undefined, retryMs: 1000 }
  let state = (await (await api.send({ method: 'GET', path: pathOf(read) })).json()) as JobState
  yield state
  while (!isOver(state)) {
    if (stream) {
      const headers = {
        accept: 'text/event-stream',
        ...(position.lastEventId ? { 'last-event-id': position.lastEventId } : {}),
      }
      const { body } = await api.send({ method: 'GET', path: pathOf(stream), headers })
      try {
        for await (const { data } of readEvents(body as ReadableStream<Uint8Array>, position)) {
          state = { ...state, ...(JSON.parse(data) as JobState) }
          yield state
        }
      } catch (error) {
        if (context.terminal.interrupted.aborted) throw new Failure('interrupted', 'Interrupted.')
        if (error instanceof Failure || error instanceof SyntaxError) throw error
      }
    }
    if (isOver(state)) break
    await sleep(position.retryMs, undefined, { signal: context.terminal.interrupted }).catch(() => {
      throw new Failure('interrupted', 'Interrupted.')
    })
    state = (await (await api.send({ method: 'GET', path: pathOf(read) })).json()) as JobState
    yield state
  }
}
