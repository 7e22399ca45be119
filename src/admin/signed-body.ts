/** Checks that the body of a signed request matches the signed digest (RFC 9530). */
import { checkedStream } from '../http-signatures/checked-stream.ts'
import { checkContentDigest } from '../http-signatures/content-digest.ts'
import type { Problem } from '../kit/problem.ts'
import { readBytes } from '../kit/read-body.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { bodyTooLarge } from './problems.ts'
import { signatureInvalid } from './request-signing.ts'

/** Whether a request has a body; one of length 0 does not count. */
export const hasBody = (request: Request): boolean =>
  request.body !== null && request.headers.get('content-length') !== '0'

export interface CheckedBody {
  /** Read the body from this request. */
  readonly request: Request
  /** The fault found so far in a streamed body; its reader gets an error instead of the end. */
  bodyProblem(): Problem | undefined
}

const fine = (request: Request): CheckedBody => ({ request, bodyProblem: () => undefined })

/** The request with its body checked (if it is held in memory anyway) or checked while it is read (`isStreamed`). */
export async function withCheckedBody(
  request: Request,
  options: { readonly isStreamed: boolean; readonly maxBytes: number },
): Promise<Result<CheckedBody, Problem>> {
  const field = request.headers.get('content-digest')
  const { method, headers } = request
  if (options.isStreamed && request.body && hasBody(request)) {
    let problem: Problem | undefined
    const body = checkedStream(request.body, field, () => {
      problem = signatureInvalid('digest_mismatch')
    })
    return ok({ request: new Request(request.url, { method, headers, body }), bodyProblem: () => problem })
  }
  // A digest without a body is checked too: the body may have been removed on the way.
  if (field === null && !hasBody(request)) return ok(fine(request))
  const bytes = await readBytes(request.body, options.maxBytes)
  if (!bytes) return err(bodyTooLarge(options.maxBytes))
  const fault = await checkContentDigest(field, bytes)
  if (fault) return err(signatureInvalid(fault))
  return ok(fine(bytes.length > 0 ? new Request(request.url, { method, headers, body: bytes }) : request))
}
