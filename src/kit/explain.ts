/**
 * Why a request was refused, for the log. Whoever renders a refusal explains its response; the edge of the worker
 * writes the line. A success costs nothing and writes nothing.
 */

import type { LogFields } from './log.ts'

export type Explanation = Pick<LogFields, 'error' | 'description' | 'detail' | 'at'>

const explanations = new WeakMap<Response, Explanation>()

/** Remembers why `response` refuses; returns it. */
export function explain(response: Response, explanation: Explanation): Response {
  explanations.set(response, explanation)
  return response
}

/** What `explain` was told of this response. */
export const explanationOf = (response: Response): Explanation | undefined => explanations.get(response)
