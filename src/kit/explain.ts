/**
 * Why a request was refused, for the log. The code that renders a refusal attaches the explanation to the
 * response; the outermost layer of the worker logs it. Successful responses have none.
 */

import type { LogFields } from './log.ts'

export type Explanation = Pick<LogFields, 'error' | 'description' | 'detail' | 'at'>

const explanations = new WeakMap<Response, Explanation>()

/** Attaches the explanation to `response` and returns it. */
export function explain(response: Response, explanation: Explanation): Response {
  explanations.set(response, explanation)
  return response
}

/** The explanation attached to this response, if any. */
export const explanationOf = (response: Response): Explanation | undefined => explanations.get(response)
