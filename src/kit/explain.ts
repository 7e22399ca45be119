/**
 * Why a request was refused, for the log. Whoever renders a refusal explains its response; the edge of the worker
 * writes the line. A success costs nothing and writes nothing.
 */

/** Nothing in it may be a secret or personal: it is read where logs are read. */
export interface Explanation {
  /** The code that the caller got, or what was thrown. */
  readonly error?: string | undefined
  /** What the caller was told. */
  readonly description?: string | undefined
  /** What the caller was not told. */
  readonly detail?: string | undefined
  /** Where in the request the fault lies. */
  readonly at?: readonly string[] | undefined
}

const explanations = new WeakMap<Response, Explanation>()

/** Remembers why `response` refuses; returns it. */
export function explain(response: Response, explanation: Explanation): Response {
  explanations.set(response, explanation)
  return response
}

/** What `explain` was told of this response. */
export const explanationOf = (response: Response): Explanation | undefined => explanations.get(response)
