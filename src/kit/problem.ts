/** Problem details (RFC 9457): the error format of JSON APIs that are not OAuth endpoints. */

import { explain } from './explain.ts'
import { jsonResponse } from './json-response.ts'

/** The location of a fault in the request: a JSON pointer into the body, a parameter, or a header. */
export type FaultPlace =
  | { readonly pointer: string }
  | { readonly parameter: string }
  | { readonly header: string }

export type Fault = FaultPlace & { readonly detail: string }

export interface Problem {
  /** Last segment of `type`; stable, for programs. */
  readonly code: string
  readonly status: number
  /** The same for every problem of this code. */
  readonly title: string
  /** About this occurrence. Must not reveal internals. */
  readonly detail?: string | undefined
  readonly errors?: readonly Fault[] | undefined
  /** Only for the log. */
  readonly reason?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

const typePrefix = 'urn:authly:problem:'

/** The response for a problem; never cached. */
export function renderProblem(
  problem: Problem,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { code, status, title, detail, errors, reason } = problem
  const body = { type: typePrefix + code, title, status, detail, request_id: requestId, errors }
  const response = jsonResponse(body, status, {
    'content-type': 'application/problem+json',
    'x-request-id': requestId,
    ...headers,
    ...problem.headers,
  })
  return explain(response, { error: code, description: detail, detail: reason, at: errors?.map(placeOf) })
}

const placeOf = (fault: FaultPlace): string =>
  'pointer' in fault ? fault.pointer : 'parameter' in fault ? fault.parameter : fault.header
