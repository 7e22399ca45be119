/** `sdk/vectors/errors.json`: what a refusal becomes. */
import {
  ApiError,
  AuthlyError,
  Conflict,
  Forbidden,
  IdempotencyKeyReused,
  NotFound,
  PreconditionFailed,
  RateLimited,
  ServerFailed,
  StepUpRequired,
  Unauthorized,
  ValidationFailed,
} from '@authly-server/management'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { apiErrorOf } from '../../../sdk/js/management/src/errors.ts'
import { readProblem } from '../../../sdk/js/management/src/problem.ts'
import vectors from '../../../sdk/vectors/errors.json' with { type: 'json' }

interface Expected {
  readonly kind: string
  readonly code: string
  readonly request_id: string | null
  readonly detail?: string
  readonly errors?: readonly object[]
  readonly retry_after_millis?: number
  readonly etag?: string
  readonly acr_values?: readonly string[]
  readonly max_age?: number | null
}

const kinds: Readonly<Record<string, typeof ApiError>> = {
  api_error: ApiError,
  conflict: Conflict,
  forbidden: Forbidden,
  idempotency_key_reused: IdempotencyKeyReused,
  not_found: NotFound,
  precondition_failed: PreconditionFailed,
  rate_limited: RateLimited,
  server_failed: ServerFailed,
  step_up_required: StepUpRequired,
  unauthorized: Unauthorized,
  validation_failed: ValidationFailed,
}

afterEach(() => void vi.useRealTimers())

describe('a refusal (RFC 9457)', () => {
  it.each(vectors.cases)('$name', async ({ input, expect: expectedOf }) => {
    vi.useFakeTimers({ now: input.now_millis, toFake: ['Date'] })
    const expected: Expected = expectedOf
    const headers = new Headers(input.headers as Record<string, string>)
    const response = new Response(input.body, { status: input.status, headers })
    const error = apiErrorOf({ status: input.status, headers, problem: await readProblem(response) })
    const Kind = kinds[expected.kind]
    expect(error.constructor).toBe(Kind)
    expect(error).toBeInstanceOf(AuthlyError)
    expect(error.name).toBe(Kind?.name)
    expect(error.status).toBe(input.status)
    expect(error.code).toBe(expected.code)
    expect(error.requestId ?? null).toBe(expected.request_id)
    if (expected.detail !== undefined) expect(error.detail).toBe(expected.detail)
    if (expected.errors) expect(error.errors).toEqual(expected.errors)
    if (expected.retry_after_millis !== undefined)
      expect(error.retryAfterMs).toBe(expected.retry_after_millis)
    if (expected.etag !== undefined) expect((error as PreconditionFailed).etag).toBe(expected.etag)
    if (error instanceof StepUpRequired) {
      expect(error.acrValues).toEqual(expected.acr_values)
      expect(error.maxAge ?? null).toBe(expected.max_age)
    }
  })

  it('names the fields in its message, for whoever reads a log', () => {
    const errors = [{ pointer: '#/email', detail: 'must be an e-mail address' }]
    const problem = { type: 'urn:authly:problem:invalid_request', title: 'The request is not valid', errors }
    expect(apiErrorOf({ status: 400, headers: new Headers(), problem }).message).toBe(
      'invalid_request: The request is not valid. #/email must be an e-mail address',
    )
  })

  it('is not read without end', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('{"title":"'.padEnd(50_000, 'x'))),
    })
    const headers = { 'content-type': 'application/problem+json' }
    expect(await readProblem(new Response(body, { status: 500, headers }))).toBeUndefined()
  })
})
