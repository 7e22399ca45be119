import type { Problem } from '../../kit/problem.ts'
import { err, ok } from '../../kit/result.ts'
import { defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { jobParams } from './job.ts'
import { selectJob } from './select-job.store.ts'

const upgradeRequired: Problem = {
  code: 'upgrade_required',
  status: 426,
  title: 'This is a WebSocket',
  detail: 'Connect with Upgrade: websocket.',
  headers: { upgrade: 'websocket' },
}

export const streamJobSocket = defineOperation({
  id: 'streamJobSocket',
  method: 'get',
  path: '/admin/jobs/{job_id}/events/ws',
  tag: 'Jobs',
  summary: 'Follow a background job (WebSocket)',
  description: `Each message is the whole progress as JSON, the first at once. A browser sends its token as a subprotocol:
\`new WebSocket(url, ['authly.bearer', token])\`. The socket closes with 1000 when the job has ended, and with 1008
when the token has.`,
  permission: 'admin:jobs:read',
  upgrade: true,
  params: jobParams,
  answers: { 101: { description: 'The connection is a WebSocket now' } },
  problems: { 426: 'The request does not ask for a WebSocket' },
  async run({ db, deps, params: { job_id }, request: { headers }, token }) {
    const [row] = await db.run(selectJob(job_id))
    if (!row) return err(notFound)
    if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return err(upgradeRequired)
    const socket = await deps.jobOf(job_id).connect(token.expiresAtSeconds * 1000)
    if (!socket) return err(notFound)
    const isOffered = headers.get('sec-websocket-protocol')?.startsWith('authly.bearer')
    return ok(
      new Response(null, {
        ...{ status: 101, webSocket: socket },
        // A browser breaks off unless one of its protocols is taken; the token is never repeated.
        headers: isOffered ? { 'sec-websocket-protocol': 'authly.bearer' } : {},
      }),
    )
  },
})
