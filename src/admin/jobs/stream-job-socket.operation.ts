import { narrow } from '../../access/authorized.ts'
import { err, ok } from '../../kit/result.ts'
import { defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { acceptSocket, checkUpgrade } from '../web-socket-answer.ts'
import { jobParams } from './job-view.ts'
import { selectJob } from './select-job.store.ts'

export const streamJobSocket = defineOperation({
  id: 'streamJobSocket',
  method: 'get',
  path: '/admin/jobs/{job_id}/events/ws',
  tag: 'Jobs',
  summary: 'Follow a background job (WebSocket)',
  description: `Each message is the whole progress as JSON, the first at once. A browser sends its token as a subprotocol:
\`new WebSocket(url, ['authly.bearer', token])\`. The socket closes with 1000 when the job has ended, and with 1008
when the token has, or the right behind it.`,
  permission: 'admin:jobs:read',
  upgrade: true,
  params: jobParams,
  answers: { 101: { description: 'The connection is a WebSocket now' } },
  problems: { 426: 'The request does not ask for a WebSocket' },
  async run({ authorized, db, deps, params: { job_id }, request, token }) {
    const [row] = await db.run(selectJob(job_id))
    if (!row) return err(notFound)
    const upgrade = checkUpgrade(request)
    if (!upgrade.ok) return upgrade
    const authorization = { authorized: narrow(authorized), token }
    const socket = await deps.jobOf(job_id).connect(authorization)
    if (!socket) return err(notFound)
    return ok(acceptSocket(request, socket))
  },
})
