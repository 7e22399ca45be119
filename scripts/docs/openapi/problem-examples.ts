/** An example of the problem (RFC 9457) for each status, from the constructors that the server uses. */
import * as problems from '../../../src/admin/problems.ts'
import type { Problem } from '../../../src/kit/problem.ts'
import type { Json } from './openapi-types.ts'

const byStatus: Readonly<Record<number, Problem>> = {
  400: problems.invalidRequest([{ pointer: '#/email', detail: 'must be an e-mail address' }]),
  401: problems.unauthorized('invalid_token'),
  403: problems.insufficientScope('admin:users:read'),
  404: problems.notFound,
  409: problems.conflict('already_exists', 'There is one with this name already'),
  412: problems.preconditionFailed(3),
  413: problems.bodyTooLarge(65_536),
  415: problems.unsupportedMediaType(['application/json']),
  422: problems.idempotencyKeyReused,
  428: problems.preconditionRequired,
  429: problems.tooManyRequests,
  500: problems.serverError,
  503: problems.unavailable,
}

/** The body of a refusal; undefined for a status that depends on the operation. */
export function problemExample(status: number): Json | undefined {
  const problem = byStatus[status]
  if (problem === undefined) return undefined
  const { code, title, detail, errors } = problem
  return {
    ...{ type: `urn:authly:problem:${code}`, title, status },
    ...(detail === undefined ? {} : { detail }),
    request_id: '9e8f7a6b5c4d3e2f-FRA',
    ...(errors === undefined ? {} : { errors: errors.map((error) => ({ ...error })) }),
  }
}
