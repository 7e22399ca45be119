/** How a request ended, in the four words that the log, spans and metrics share. */
import { type Explanation, explanationOf } from '../kit/explain.ts'

export const requestOutcomes = ['success', 'refused', 'limited', 'failed'] as const
export type RequestOutcome = (typeof requestOutcomes)[number]

/** Errors of ours that travel to an application in a redirect (RFC 6749 §4.1.2.1), whose status tells nothing. */
const ourErrors: ReadonlySet<string | undefined> = new Set(['server_error', 'temporarily_unavailable'])

/** @param explanation of the response, if it is a refusal or an error */
export function outcomeOf(status: number, explanation: Explanation | undefined): RequestOutcome {
  if (status === 429) return 'limited'
  if (status >= 500) return 'failed'
  if (status >= 400) return 'refused'
  if (explanation === undefined) return 'success'
  return ourErrors.has(explanation.error) ? 'failed' : 'refused'
}

/** How a request ended, for all that tell of it. */
export interface RequestEnd {
  readonly status: number
  readonly outcome: RequestOutcome
  readonly explanation: Explanation | undefined
}

export function endOf(response: Response): RequestEnd {
  const { status } = response
  const explanation = explanationOf(response)
  return { status, outcome: outcomeOf(status, explanation), explanation }
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** The method if it is one that this server knows: callers may send anything (OpenTelemetry, `http.request.method`). */
export const knownMethod = (method: string): string => (methods.has(method) ? method : '_OTHER')
