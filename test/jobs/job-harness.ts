/** Jobs in worker tests: made as an operation makes them, and moved by hand. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import type { Actor } from '../../src/access/actor.ts'
import { authorize } from '../../src/access/authorize-actor.ts'
import { permissionNames } from '../../src/access/permissions.ts'
import { users } from '../../src/db/schema.ts'
import { jobKinds } from '../../src/job-kinds.ts'
import type { JobOrder, JobProgress } from '../../src/jobs/job.ts'
import { findJobKind } from '../../src/jobs/job-kind.ts'
import { openFailureLines } from '../../src/jobs/sealed-upload.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'
import { addClient, testDependencies } from '../worker/admin-client.ts'

export const database = testDatabase()

export const streamOf = (text: string): ReadableStream<Uint8Array> =>
  new Blob([text]).stream() as ReadableStream<Uint8Array>

/** An administrator, as the actor of a job. */
export async function addActor(roles: readonly string[] = ['admin']) {
  const id = uuidv7()
  await database.insert(users).values({ id, username: `job-admin-${id}`, roles: [...roles] })
  return { type: 'user', id } as const
}

/** As with a token of all scopes, unless it says otherwise. */
export async function orderOf(
  kind: string,
  params: Record<string, unknown>,
  actor?: Pick<Actor, 'type' | 'id'>,
  scopes: readonly string[] = permissionNames,
): Promise<JobOrder> {
  const caller = { ...(actor ?? (await addActor())), clientId: await addClient(permissionNames), scopes }
  const authorized = authorize(caller, findJobKind(jobKinds, kind).permission)
  if (!authorized) throw new Error('the scopes must contain the permission')
  return {
    ...{ job_id: uuidv7(), kind, authorized },
    token: { subject: uuidv7(), grantId: undefined, jtiHash: uuidv7(), expiresAtSeconds: 0 },
    params,
    created_at: Date.now(),
    origin: { ip: '192.0.2.1', user_agent: 'test', request_id: 'r' },
  }
}

/** The row that makes an offered job run. */
export const accept = (order: JobOrder) =>
  database.execute(sql`insert into jobs (id, kind, actor_type, actor_id, parameters)
    values (${order.job_id}::uuid, ${order.kind}, ${order.authorized.actor.type}, ${order.authorized.actor.id}, '{}')`)

export const jobStub = (order: Pick<JobOrder, 'job_id'>) => env.JOB.getByName(order.job_id)

/** Rings the alarm until the job has ended, or `most` times. */
export async function runToEnd(order: JobOrder, most = 60): Promise<JobProgress> {
  const stub = jobStub(order)
  for (let turn = 0; turn < most; turn++) {
    const progress = (await stub.progress()) as JobProgress | undefined
    if (progress?.finished_at) return progress
    await runDurableObjectAlarm(stub)
  }
  throw new Error(`the job did not end: ${JSON.stringify(await stub.progress())}`)
}

/** A file of the job, as text. */
export async function fileOf(order: JobOrder, name: 'results' | 'failures' | 'credentials' | 'output') {
  const stream = await jobStub(order).readFile(name)
  if (!stream) return undefined
  const { root } = testDependencies()
  return new Response(name === 'failures' ? openFailureLines(root, order.job_id, stream) : stream).text()
}

export const linesOf = (text: string | undefined): Record<string, unknown>[] =>
  (text ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** What the object stores, for tests that look behind it. */
export const storageOf = <T>(order: JobOrder, look: (state: DurableObjectState) => T) =>
  runInDurableObject(jobStub(order), (_, state) => look(state))
