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
  /** For the log in place of a `detail` that quotes the request: that may hold secrets. */
  readonly detailForLog?: string | undefined
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
  const { code, status, title, detail, detailForLog, errors, reason } = problem
  const body = { type: typePrefix + code, title, status, detail, request_id: requestId, errors }
  const response = jsonResponse(body, status, {
    'content-type': 'application/problem+json',
    'x-request-id': requestId,
    ...headers,
    ...problem.headers,
  })
  const at = errors?.map(placeOf)
  return explain(response, { error: code, description: detailForLog ?? detail, detail: reason, at })
}

const unknownNames = new WeakSet<FaultPlace>()

/** Marks a fault that is a name nobody knows: the caller is told which, the log is not, since it may be a secret. */
export function ofUnknownName(fault: Fault): Fault {
  unknownNames.add(fault)
  return fault
}

/** For the log. */
function placeOf(fault: FaultPlace): string {
  const isKnown = !unknownNames.has(fault)
  if ('pointer' in fault) {
    return isKnown ? fault.pointer : `${fault.pointer.slice(0, fault.pointer.lastIndexOf('/'))}/*`
  }
  if (!isKnown) return '*'
  return 'parameter' in fault ? fault.parameter : fault.header
}
