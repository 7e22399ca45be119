/**
 * An admin operation: one file that defines its route, its permission, its input and responses, and its use case.
 * Everything else is the same for all and is in `serve-operation.ts`: authentication, rate limits, parsing,
 * idempotency, rendering. The OpenAPI document is generated from the same definition.
 */
import type { z } from '@hono/zod-openapi'
import type { SQL } from 'drizzle-orm'
import type { Caller, LiveToken } from '../access/actor.ts'
import type { Authorized } from '../access/authorized.ts'
import type { AuthorizedDatabase } from '../access/authorized-database.store.ts'
import type { Permission } from '../access/permissions.ts'
import type { AuditEvent, AuditEventType, Origin } from '../audit/event.ts'
import type { Row } from '../db/run-batch.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Fault, Problem } from '../kit/problem.ts'
import { ok, type Result } from '../kit/result.ts'

export type AdminTag =
  | 'Users'
  | 'Roles'
  | 'Clients'
  | 'Scopes'
  | 'Keys'
  | 'Settings'
  | 'Branding'
  | 'Dashboard'
  | 'Jobs'
  | 'Bulk'
  | 'Audit'
  | 'Webhooks'

/** A successful answer as documented. */
export interface AnswerSpec {
  readonly description: string
  /** Absent: no body. */
  readonly schema?: z.ZodType
  /** For bodies that are not one JSON value: media type -> schema of a part or the whole. */
  readonly content?: Readonly<Record<string, z.ZodType>>
  /** Carries `ETag`. */
  readonly versioned?: boolean
  /** Carries `Location`. */
  readonly located?: boolean
}

/** A successful answer of a call. */
export interface Answer<Status extends number = number, Body = unknown> {
  readonly status: Status
  readonly body?: Body
  /** Becomes the `ETag`. */
  readonly version?: number
  /** Path of the created resource. */
  readonly location?: string
  /** Not shown: the id of what `afterwards` hands over, where the body has none. Recorded with the answer. */
  readonly handOver?: string
}

type More = Pick<Answer, 'version' | 'location' | 'handOver'>
interface Success<A> {
  readonly ok: true
  readonly value: A
}

/** A success for `run` to return: `return answer(200, body, { version })`. */
export function answer<Status extends number>(status: Status): Success<Answer<Status, undefined>>
export function answer<Status extends number, Body>(
  status: Status,
  body: Body,
  more?: More,
): Success<Answer<Status, Body> & { readonly body: Body }>
export function answer(status: number, body?: unknown, more: More = {}): Success<Answer> {
  return ok({ status, body, ...more })
}

export type Answers = Readonly<Record<number, AnswerSpec>>

type AnswerOf<A extends Answers> = {
  [Status in keyof A & number]: A[Status]['schema'] extends z.ZodType
    ? Answer<Status, z.input<A[Status]['schema']>> & { readonly body: z.input<A[Status]['schema']> }
    : Answer<Status, undefined>
}[keyof A & number]

/** The argument of `run`. */
export interface AdminCall<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** For uploads and upgrades; for other requests the body has already been read. */
  readonly request: Request
  readonly actor: Caller
  /** The authorization of this call: for work that continues after the request has ended. */
  readonly authorized: Authorized
  /** The token that was found live: a stream that outlives the request checks it again. */
  readonly token: LiveToken
  readonly origin: Origin
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  /** From `If-Match`: the versions that may be changed; undefined for `*`. */
  readonly expectedVersions: readonly number[] | undefined
  /** Reads, and writes of PATCH, PUT and DELETE. Each call is one round trip. */
  readonly db: AuthorizedDatabase
  /**
   * Writes of POST: the statements and, when the request has an `Idempotency-Key`, the record of `answer` are one
   * transaction. A repetition never runs the statements again: it gets the recorded answer.
   * @param guards conditions that a repetition must also meet, because it gets the answer and runs `afterwards`:
   *   whether the actor may now do this to that user
   * @returns the rows of each of `statements`
   */
  writeOnce(
    answer: Answer,
    statements: readonly SQL[],
    guards?: readonly SQL[],
  ): Promise<readonly (readonly Row[])[]>
  /**
   * For uploads: passes on the digest of the bytes once they have been read, so that an `Idempotency-Key` is bound to
   * them. Call before `writeOnce`.
   */
  identifyUpload(digest: string): void
  readonly deps: Dependencies
  /** An audit event of this call, with the actor and the origin filled in. Never pass a secret. */
  event(type: AuditEventType, details: EventDetails): AuditEvent
}

export type EventDetails = Pick<
  AuditEvent,
  'user_id' | 'client_id' | 'session_id' | 'entity_type' | 'entity_id' | 'data'
> & { readonly outcome?: AuditEvent['outcome'] }

/** What a constraint, or a reason given to `authly_refuse('AU409', …)`, means to the caller, by its name. */
export type Conflicts = Readonly<
  Record<string, Problem | { readonly title: string; readonly errors?: readonly Fault[] }>
>

export interface OperationSpec<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  A extends Answers,
> {
  /** `operationId`: verb first, camelCase, unique. */
  readonly id: string
  readonly method: 'get' | 'post' | 'patch' | 'put' | 'delete'
  /** Parameters in braces: `/admin/users/{user_id}`. */
  readonly path: `/admin/${string}`
  readonly tag: AdminTag
  readonly summary: string
  readonly description?: string
  readonly permission: Permission
  /** Irreversible, or grants power: requires a recent sign-in (RFC 9470). */
  readonly dangerous?: boolean
  /** Requires `If-Match`. */
  readonly conditional?: boolean
  readonly params?: Params
  readonly query?: Query
  /** A JSON body. */
  readonly body?: Body
  /**
   * Answers with a WebSocket. Browsers cannot set headers for one, so the token may also be sent as
   * `Sec-WebSocket-Protocol: authly.bearer, <token>`; in a URL it would end up in logs.
   */
  readonly upgrade?: true
  /** Request headers that the operation reads itself; for the OpenAPI document. */
  readonly headers?: Readonly<Record<string, z.ZodType>>
  /** Instead of `body`: the operation reads `call.request.body` itself, bounded by `maxBytes`. */
  readonly upload?: { readonly contentTypes: readonly string[]; readonly maxBytes: number }
  readonly answers: A
  /** Statuses this operation may answer besides those that follow from the rest of the definition. */
  readonly problems?: Readonly<Record<409 | 410 | 422 | number, string>>
  readonly conflicts?: Conflicts
  run(
    call: AdminCall<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<Result<AnswerOf<A> | Response, Problem>>
  /**
   * Effects elsewhere that follow a successful write (ending sessions in the user's object). Must be repeatable: it
   * runs again when a repeated request gets the recorded answer, so that a crash in between leaves nothing undone; the
   * guards of `writeOnce` are then checked again. When it fails, the answer is 503 and the request can be sent again.
   * @param answered the answer of `run`, or the recorded one: ids in it are the same each time
   * @returns a problem that is answered instead, also to a repetition for as long as it lasts
   */
  afterwards?(
    call: AdminCall<z.output<Params>, z.output<Query>, z.output<Body>>,
    answered: AnswerOf<A>,
    // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to refuse.
  ): Promise<Problem | undefined | void>
}

/** An operation with its generic types erased. */
export type Operation = Omit<
  OperationSpec<z.ZodObject, z.ZodObject, z.ZodType, Answers>,
  'run' | 'afterwards'
> & {
  run(call: AdminCall): Promise<Result<Answer | Response, Problem>>
  // biome-ignore lint/suspicious/noConfusingVoidType: as above.
  afterwards?(call: AdminCall, answered: Answer): Promise<Problem | undefined | void>
}

/** Defines an operation; add it to the `index.ts` of its folder. */
export const defineOperation = <
  Params extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Body extends z.ZodType = z.ZodUndefined,
  const A extends Answers = Answers,
>(
  spec: OperationSpec<Params, Query, Body, A>,
): Operation => spec as unknown as Operation
