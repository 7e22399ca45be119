/** Problem details (RFC 9457): how JSON APIs that are not OAuth endpoints say no. */

import { explain } from './explain.ts'
import { jsonResponse } from './response.ts'

/** Where in the request the fault lies: a JSON pointer into the body, a parameter, or a header. */
export type FaultPlace =
  | { readonly pointer: string }
  | { readonly parameter: string }
  | { readonly header: string }

export type Fault = FaultPlace & { readonly detail: string }

export interface Problem {
  /** Last part of `type`: stable, for programs. */
  readonly code: string
  readonly status: number
  /** The same for every problem of this code. */
  readonly title: string
  /** About this occurrence. Never what the server knows and the caller does not. */
  readonly detail?: string | undefined
  readonly errors?: readonly Fault[] | undefined
  /** For the log, never for the wire. */
  readonly reason?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

const typePrefix = 'urn:authly:problem:'

/** A problem on the wire. No cache keeps it. */
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
