/** Distinguishes an outage of a backend, where a retry may help, from a bug, where it will not. */

import { causesOf } from './causes.ts'

/** SQLSTATE classes: connection, insufficient resources, operator intervention. */
const outageStates = /^(08|53|57)/

/** Whether `error`, or one of its causes, is a backend that could not be reached. */
export const isUnavailable = (error: unknown): boolean => causesOf(error).some(isOutage)

function isOutage(error: Error & { code?: unknown; overloaded?: unknown; retryable?: unknown }): boolean {
  const { name, code, overloaded, retryable } = error
  if (overloaded === true || retryable === true || name === 'TimeoutError') return true
  return name === 'NeonDbError' && (typeof code !== 'string' || outageStates.test(code))
}
