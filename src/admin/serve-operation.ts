/** Serves one admin operation: authentication and rate limits, input, the use case, the answer. */

import { type SQL, sql } from 'drizzle-orm'
import type { Context } from 'hono'
import type { AuthorizedDatabase } from '../access/authorized-database.store.ts'
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import type { AppEnv, Dependencies } from '../dependencies.ts'
import { describeError } from '../kit/describe-error.ts'
import { jsonResponse, noStoreHeaders } from '../kit/json-response.ts'
import { type Problem, renderProblem } from '../kit/problem.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { withResourceMetadata } from '../protocol/resource-metadata.ts'
import { type Authenticated, authenticate } from './authenticate.ts'
import { claimKey, fingerprintOf, openRecorded, readRecorded, selectRecorded } from './idempotency.store.ts'
import type { AdminCall, Answer, Operation } from './operation.ts'
import { isReplay, problemOfError } from './problem-of-error.ts'
import { idempotencyKeyReused, invalidRequest, serverError, unavailable } from './problems.ts'
import { type Input, readInput } from './read-input.ts'
import { recordDenial } from './record-denial.ts'

/**
 * Answers one request. Expected refusals are problems; a bug is answered with the request id under which it is logged.
 */
export async function serveOperation(operation: Operation, c: Context<AppEnv>): Promise<Response> {
  const { deps, origin } = c.env
  const { outcome, headers } = await authenticate(deps, c.req.raw, operation, origin)
  if (!outcome.ok) return renderProblem(withMetadata(outcome.error, deps), origin.request_id, headers)
  const { actor, request } = outcome.value
  const input = await readInput(operation, request, c.req.param() as Record<string, string>)
  if (!input.ok) return renderProblem(input.error, origin.request_id, headers)
  const key = readIdempotencyKey(operation, request)
  if (!key.ok) return renderProblem(key.error, origin.request_id, headers)
  const result = await act(operation, {
    ...outcome.value,
    ...{ deps, origin, input: input.value, key: key.value },
  })
  if (!result.ok) {
    if (result.error.status === 403) {
      recordDenial(deps, operation, actor, origin, result.error, input.value.params as object)
    }
    return renderProblem(withMetadata(result.error, deps), origin.request_id, headers)
  }
  return result.value instanceof Response
    ? withHeaders(result.value, headers)
    : renderAnswer(result.value, origin, headers)
}

/** RFC 9728 §5.1. */
function withMetadata(problem: Problem, { config }: Pick<Dependencies, 'config'>): Problem {
  const challenge = problem.headers?.['www-authenticate']
  if (challenge === undefined) return problem
  return {
    ...problem,
    headers: { ...problem.headers, 'www-authenticate': withResourceMetadata(config.issuer, challenge) },
  }
}

interface Situation extends Authenticated {
  readonly deps: Dependencies
  readonly origin: Origin
  readonly input: Input
  /** Of an upload. */
  uploadDigest?: string
  /** Of `Idempotency-Key`. */
  readonly key: string | undefined
}

async function act(operation: Operation, situation: Situation): Promise<Result<Answer | Response, Problem>> {
  const { deps } = situation
  const call = await createCall(operation, situation)
  try {
    // Attack: a caller with the scope but without a role fills our objects with uploads that are refused only at the
    // end.
    if (operation.upload) await call.db.run(sql`select 1`)
    const result = await operation.run(call).catch((error) => {
      if (situation.key === undefined || !isReplay(error)) throw error
      return replay(call.db, situation, situation.key)
    })
    const refusal =
      result.ok && !(result.value instanceof Response)
        ? await operation.afterwards?.(call, result.value)
        : undefined
    if (refusal) return err(refusal)
    if (result.ok && operation.method !== 'get' && call.db.hasWebhooks) deps.nudgeWebhooks()
    const bodyProblem = situation.bodyProblem?.()
    return bodyProblem ? err(bodyProblem) : result
  } catch (error) {
    const problem = situation.bodyProblem?.() ?? problemOfError(error, operation.conflicts, situation.scheme)
    if (problem) return err(problem)
    return err({ ...serverError, reason: describeError(error) })
  }
}

async function createCall(operation: Operation, situation: Situation): Promise<AdminCall> {
  const { deps, origin, request, actor, authorized, token, input, key } = situation
  // An upload takes as long as its sender: the database timeout starts anew with each batch.
  const db = await (operation.upload ? deps.lastingDatabaseFor(authorized) : deps.databaseFor(authorized))
  const now = deps.now()
  return {
    ...{
      params: input.params,
      query: input.query,
      body: input.body,
      expectedVersions: input.expectedVersions,
    },
    ...{ request, actor, authorized, token, origin, now, db, deps },
    async writeOnce(answer: Answer, statements: readonly SQL[], guards: readonly SQL[] = []) {
      if (key === undefined) return (await db.runAll([...guards, ...statements])).slice(guards.length)
      const fingerprint = await fingerprintOfCall(situation)
      const claim = await claimKey(deps.root, { actorId: actor.id, key, fingerprint, answer })
      // Attack: an old key, sent again after the user became an administrator, would end their sessions.
      return (await db.runAll([...guards, claim, ...statements])).slice(guards.length + 1)
    },
    identifyUpload(digest) {
      situation.uploadDigest = digest
    },
    event: (type, { outcome = 'success', ...details }) =>
      createEvent(type, now, origin, {
        outcome,
        actor_type: actor.type,
        actor_id: actor.id,
        ...details,
        client_id: details.client_id ?? (actor.type === 'client' ? actor.id : undefined),
      }),
  }
}

const fingerprintOfCall = ({ deps, request, input, uploadDigest }: Situation): Promise<string> =>
  fingerprintOf(deps.root, request, uploadDigest ?? input.bodyText)

/** The answer recorded for this key. */
async function replay(
  db: AuthorizedDatabase,
  situation: Situation,
  key: string,
): Promise<Result<Answer, Problem>> {
  const { deps, actor } = situation
  const row = readRecorded(await db.run(selectRecorded(actor.id, key)))
  if (!row) return err(unavailable)
  if (row.fingerprint !== (await fingerprintOfCall(situation))) return err(idempotencyKeyReused)
  const answer = await openRecorded(deps.root, actor.id, key, row.answer_sealed)
  return answer ? ok(answer) : err(idempotencyKeyReused)
}

function readIdempotencyKey(operation: Operation, request: Request): Result<string | undefined, Problem> {
  if (operation.method !== 'post') return ok(undefined)
  const header = request.headers.get('idempotency-key')
  if (header === null) return ok(undefined)
  // A structured field string according to the draft; many clients send the bare value.
  const key =
    /^"([\x20-\x21\x23-\x7e]{1,128})"$/.exec(header)?.[1] ?? /^[\x21\x23-\x7e]{1,128}$/.exec(header)?.[0]
  return key === undefined
    ? err(invalidRequest([{ header: 'idempotency-key', detail: 'must be 1 to 128 printable characters' }]))
    : ok(key)
}

/** The headers of an upgraded connection cannot be changed. */
function withHeaders(response: Response, added: Readonly<Record<string, string>>): Response {
  if (response.status === 101) return response
  const copy = new Response(response.body, response)
  for (const [name, value] of Object.entries(added)) copy.headers.set(name, value)
  return copy
}

function renderAnswer(
  answer: Answer,
  origin: Origin,
  limitHeaders: Readonly<Record<string, string>>,
): Response {
  const headers: Record<string, string> = {
    ...limitHeaders,
    'x-request-id': origin.request_id,
  }
  if (answer.version !== undefined) headers['etag'] = `"${answer.version}"`
  if (answer.location !== undefined) headers['location'] = answer.location
  return answer.body === undefined
    ? new Response(null, { status: answer.status, headers: { ...noStoreHeaders, ...headers } })
    : jsonResponse(answer.body, answer.status, headers)
}
