import { AuthlyError, type JsonObject, retryAfter, tokenChallenge } from '@authly-server/core'
import type { Job } from './generated/schemas.ts'

/** One place of a request that is wrong. */
export interface FieldError {
  /** JSON pointer into the body, as a fragment: `#/profile/name` (RFC 6901 §6). */
  readonly pointer?: string
  /** Name of a query or path parameter. */
  readonly parameter?: string
  readonly header?: string
  readonly detail: string
}

/** Everything the server says about a refusal (RFC 9457), and nothing of the request. */
export interface Refusal {
  readonly status: number
  readonly headers: Headers
  readonly problem: JsonObject | undefined
}

/** A refusal of the server. `code` is the last part of `type`: `not_found` of `urn:authly:problem:not_found`. */
export class ApiError extends AuthlyError {
  override readonly name: string = 'ApiError'
  declare readonly status: number
  /** Does not change between versions. */
  readonly type: string
  readonly title: string
  readonly detail: string | undefined
  /** The places of the request that are wrong. */
  readonly errors: readonly FieldError[]
  /** Milliseconds that the server asks to wait. */
  readonly retryAfterMs: number | undefined

  constructor(refusal: Refusal, options: { readonly cause?: unknown } = {}) {
    const { status, headers, problem } = refusal
    const type = text(problem?.type) ?? 'about:blank'
    const title = text(problem?.title) ?? `The server answered ${status}`
    const detail = text(problem?.detail)
    const code = /^urn:authly:problem:(\w+)$/.exec(type)?.[1] ?? `http_${status}`
    const errors = fieldErrors(problem?.errors)
    const places = errors.map((error) => `${placeOf(error)} ${error.detail}`.trim()).join('; ')
    super(code, {
      description: [title, detail, places].filter(Boolean).join('. '),
      status,
      requestId: text(problem?.request_id) ?? headers.get('x-request-id') ?? undefined,
      ...options,
    })
    this.type = type
    this.title = title
    this.detail = detail
    this.errors = errors
    this.retryAfterMs = retryAfter(headers, Date.now())
  }
}

/** 400: the request breaks the documented shape; `errors` says where. */
export class ValidationFailed extends ApiError {
  override readonly name = 'ValidationFailed'
}

/** 401: the token is not valid, and a new one was not either. */
export class Unauthorized extends ApiError {
  override readonly name: string = 'Unauthorized'
}

/** 401: a person has to sign in again, or more strongly (RFC 9470). Service accounts are never asked. */
export class StepUpRequired extends Unauthorized {
  override readonly name = 'StepUpRequired'
  readonly acrValues: readonly string[]
  /** Seconds. */
  readonly maxAge: number | undefined

  constructor(refusal: Refusal, options?: { readonly cause?: unknown }) {
    super(refusal, options)
    const challenge = tokenChallenge(refusal.headers.get('www-authenticate'))
    this.acrValues = challenge['acr_values']?.split(' ').filter(Boolean) ?? []
    const maxAge = challenge['max_age']
    this.maxAge = maxAge !== undefined && /^\d{1,9}$/.test(maxAge) ? Number(maxAge) : undefined
  }
}

/** 403: a scope, a permission or the address is not enough. */
export class Forbidden extends ApiError {
  override readonly name = 'Forbidden'
}

/** 404: it does not exist, or may not be seen. */
export class NotFound extends ApiError {
  override readonly name = 'NotFound'
}

/** 409: the state does not allow it, such as a name that is taken. */
export class Conflict extends ApiError {
  override readonly name = 'Conflict'
}

/** 412: somebody else changed it since it was read. */
export class PreconditionFailed extends ApiError {
  override readonly name = 'PreconditionFailed'
  /** Of the version that is there now. */
  readonly etag: string | undefined

  constructor(refusal: Refusal, options?: { readonly cause?: unknown }) {
    super(refusal, options)
    this.etag = refusal.headers.get('etag') ?? undefined
  }
}

/** 422: the idempotency key was used for another request. */
export class IdempotencyKeyReused extends ApiError {
  override readonly name = 'IdempotencyKeyReused'
}

/** 429, after the repetitions that were allowed. */
export class RateLimited extends ApiError {
  override readonly name = 'RateLimited'
}

/** 5xx: a failure of the server; `requestId` is what its operators look for. */
export class ServerFailed extends ApiError {
  override readonly name = 'ServerFailed'
}

/** A job that ended as `failed` or `cancelled`. What was done until then remains, and is in its results. */
export class JobFailed extends AuthlyError {
  override readonly name = 'JobFailed'
  readonly job: Job

  constructor(job: Job) {
    super(job.status === 'cancelled' ? 'job_cancelled' : 'job_failed', {
      description: job.detail ?? undefined,
    })
    this.job = job
  }
}

/** The class that a refusal is of. */
export function apiErrorOf(refusal: Refusal, options?: { readonly cause?: unknown }): ApiError {
  const { status, headers } = refusal
  if (status === 401) {
    const { error } = tokenChallenge(headers.get('www-authenticate'))
    const Kind = error === 'insufficient_user_authentication' ? StepUpRequired : Unauthorized
    return new Kind(refusal, options)
  }
  const Kind = kinds[status] ?? (status >= 500 ? ServerFailed : ApiError)
  return new Kind(refusal, options)
}

const kinds: Readonly<Record<number, typeof ApiError>> = {
  400: ValidationFailed,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  412: PreconditionFailed,
  422: IdempotencyKeyReused,
  429: RateLimited,
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const placeOf = ({ pointer, parameter, header }: FieldError): string => pointer ?? parameter ?? header ?? ''

function fieldErrors(value: unknown): readonly FieldError[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) => {
    const { pointer, parameter, header, detail } = (item ?? {}) as Record<string, unknown>
    const places = Object.entries({ pointer, parameter, header }).filter(
      ([, place]) => text(place) !== undefined,
    )
    return [{ ...Object.fromEntries(places), detail: text(detail) ?? '' }]
  })
}
