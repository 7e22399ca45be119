/** How what a span covers has ended (https://opentelemetry.io/docs/specs/semconv/general/recording-errors/). */
import { outcomeOf } from '../request-outcome.ts'
import type { Attributes } from './span.ts'

export interface SpanOutcome {
  /** If it is known only now. */
  readonly name?: string
  readonly attributes: Attributes
  readonly isError: boolean
}

const succeeded: SpanOutcome = { attributes: {}, isError: false }

/** What an answer says: a refusal (`Result`) has an `error.type`, and is an error only if it is our failure. */
export function describeAnswer(answer: unknown): SpanOutcome {
  if (answer instanceof Response) return describeResponse(answer)
  if (typeof answer !== 'object' || answer === null || !('ok' in answer) || answer.ok !== false) {
    return succeeded
  }
  const { error } = answer as { error?: { error?: unknown; kind?: unknown; code?: unknown } }
  const code = [error?.error, error?.kind, error?.code].find((value) => typeof value === 'string')
  const type = typeof code === 'string' ? code : 'refused'
  return { attributes: { 'error.type': type }, isError: outcomeOf(200, { error: type }) === 'failed' }
}

/** The answer of another server: to its client a 4xx is an error, too. */
function describeResponse({ status }: Response): SpanOutcome {
  const isError = status >= 400
  return {
    attributes: { 'http.response.status_code': status, 'error.type': isError ? String(status) : undefined },
    isError,
  }
}

const sqlState = /^[\dA-Z]{5}$/

/** What was thrown: its SQLSTATE, or its class. Never its text, which may quote personal data. */
export function describeThrown(error: unknown): SpanOutcome {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown }
  if (typeof code === 'string' && sqlState.test(code)) {
    return { attributes: { 'error.type': code, 'db.response.status_code': code }, isError: true }
  }
  return { attributes: { 'error.type': typeof name === 'string' ? name : '_OTHER' }, isError: true }
}
