import { AuthlyError } from '@authly-server/core'
import { JobFailed } from './errors.ts'
import type { Job } from './generated/schemas.ts'
import { pathOf } from './operation.ts'
import { jsonObjectOf } from './problem.ts'
import { createReconnecting } from './reconnecting.ts'
import { readEvents } from './server-sent-events.ts'
import type { Transport } from './transport.ts'

/** How far a job is. `total` is null while nobody knows. */
export type JobProgress = Pick<
  Job,
  'status' | 'total' | 'processed' | 'succeeded' | 'failed' | 'detail' | 'eta_seconds' | 'finished_at'
>

export interface JobWatchers {
  /** Each progress as it comes, the newest first; ends with the job. Reconnects by itself. */
  watch(jobId: string, options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<JobProgress>
  /**
   * The job when it has ended as `succeeded`: every row has been processed, and `failed` counts those that were refused.
   * @throws JobFailed when it ended otherwise
   */
  wait(jobId: string, options?: WaitOptions): Promise<Job>
}

export interface WaitOptions {
  readonly onProgress?: ((progress: JobProgress) => void) | undefined
  /** Ends the waiting; the job goes on. To end it: `jobs.cancel`. */
  readonly signal?: AbortSignal | undefined
}

/** Without news for this long the connection is dead: the server gives a sign of life every 15 seconds. */
const silenceMs = 45_000

/** @param get `jobs.get` */
export function watchJobs(
  transport: Transport,
  get: (jobId: string, options: { readonly signal?: AbortSignal | undefined }) => Promise<Job>,
): JobWatchers {
  async function* watch(jobId: string, signal?: AbortSignal): AsyncGenerator<JobProgress, void, undefined> {
    const path = pathOf({ path: '/admin/jobs/{job_id}/events' }, [jobId])
    const connection = createReconnecting(signal)
    let lastEventId: string | undefined
    for (;;) {
      const quiet = connection.watchSilence(silenceMs)
      try {
        const headers = {
          accept: 'text/event-stream',
          ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        }
        const response = await transport.stream({
          method: 'GET',
          path,
          headers,
          options: { signal: quiet.signal },
        })
        if (response.body)
          for await (const { data, id } of readEvents(quiet.heard(response.body))) {
            const progress = jsonObjectOf(data) as JobProgress | undefined
            if (progress === undefined || typeof progress.status !== 'string')
              throw new AuthlyError('invalid_response', { description: 'this is no progress' })
            lastEventId = id
            connection.succeeded()
            yield progress
            if (isOver(progress)) return
          }
      } catch (error) {
        connection.failed(error)
      } finally {
        quiet.stop()
      }
      await connection.pause()
    }
  }
  return {
    watch: (jobId, { signal } = {}) => watch(jobId, signal),
    async wait(jobId, { onProgress, signal } = {}) {
      for await (const progress of watch(jobId, signal)) onProgress?.(progress)
      const job = await get(jobId, { signal })
      if (job.status !== 'succeeded') throw new JobFailed(job)
      return job
    },
  }
}

const isOver = ({ status, finished_at }: JobProgress): boolean =>
  status !== 'queued' && status !== 'running' && finished_at !== null
