/** Following a background job to its end. */
import {
  createManagement,
  JobFailed,
  type JobProgress,
  type Management,
  NotFound,
} from '@authly-server/management'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, type Loopback, problem, startLoopback } from './loopback.ts'

let server: Loopback
let management: Management

beforeEach(async () => {
  server = await startLoopback()
  management = createManagement({ issuer: server.issuer, token: () => 'token' })
})
afterEach(() => server.close())

const progress = (revision: number, more: object) =>
  `id: ${revision}\nevent: progress\ndata: ${JSON.stringify({ status: 'running', finished_at: null, ...more })}\n\n`
const ended = { status: 'succeeded', finished_at: '2026-11-23T09:00:00.000Z', processed: 9 }
const stream = (...blocks: readonly string[]): Answer => ({
  headers: { 'content-type': 'text/event-stream' },
  body: `retry: 2000\n\n: alive\n\n${blocks.join('')}`,
})

describe('jobs.wait', () => {
  it('tells each progress and gives the job, across a stream that breaks', async () => {
    server.say(
      stream(progress(1, { processed: 0 }), progress(2, { processed: 3 })),
      'cut',
      problem(503, 'temporarily_unavailable', { 'retry-after': '0' }),
      stream(progress(3, ended)),
      { body: { id: 'j1', ...ended } },
    )
    const seen: (number | null)[] = []
    const job = await management.jobs.wait('j1', { onProgress: ({ processed }) => seen.push(processed) })
    expect(job).toMatchObject({ id: 'j1', status: 'succeeded' })
    expect(seen).toEqual([0, 3, 9])
    expect(server.asked.map(({ url, headers }) => [url, headers['last-event-id']])).toEqual([
      ['/admin/jobs/j1/events', undefined],
      ['/admin/jobs/j1/events', '2'],
      ['/admin/jobs/j1/events', '2'],
      ['/admin/jobs/j1/events', '2'],
      ['/admin/jobs/j1', undefined],
    ])
  })

  it.each(['failed', 'cancelled'])('throws when the job ended as %s, with the job', async (status) => {
    const job = { ...ended, status, detail: 'Postgres said no' }
    server.say(stream(progress(1, job)), { body: { id: 'j1', ...job } })
    const error = await management.jobs.wait('j1').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(JobFailed)
    expect(error).toMatchObject({ code: `job_${status}`, job: { id: 'j1', status } })
  })

  it('throws at once for a job that is not there', async () => {
    server.say(problem(404, 'not_found'))
    await expect(management.jobs.wait('j1')).rejects.toBeInstanceOf(NotFound)
    expect(server.asked).toHaveLength(1)
  })

  it('ends with the signal; the job goes on', async () => {
    server.say((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(progress(1, {}))
      return undefined
    })
    const stop = new AbortController()
    const waiting = management.jobs.wait('j1', {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    })
    await expect(waiting).rejects.toThrow('enough')
    expect(server.asked.map(({ method }) => method)).toEqual(['GET'])
  })

  it('is not content with something else than progress', async () => {
    server.say(stream('data: hello\n\n'))
    await expect(management.jobs.wait('j1')).rejects.toMatchObject({ code: 'invalid_response' })
  })
})

describe('jobs.watch', () => {
  it('gives the progress as it comes, and ends with the job', async () => {
    server.say(stream(progress(1, { processed: 1 }), progress(2, ended)))
    const seen: JobProgress[] = []
    for await (const each of management.jobs.watch('j1')) seen.push(each)
    expect(seen.map(({ status }) => status)).toEqual(['running', 'succeeded'])
  })

  it('refuses an id that leads elsewhere', async () => {
    await expect(management.jobs.wait('..')).rejects.toThrow(TypeError)
    expect(server.asked).toEqual([])
  })
})
