/** Distinguishes an outage of a backend, where a retry may help, from a bug, where it will not. */

import { causesOf } from './causes.ts'

/** SQLSTATE classes: connection, insufficient resources, operator intervention. */
const outageStates = /^(08|53|57)/

/** Whether `error`, or one of its causes, is a backend that could not be reached. */
export function isUnavailable(error: unknown): boolean {
  const decisive = causesOf(error).find((cause) => isDriverError(cause) || isOutage(cause))
  return decisive !== undefined && isOutage(decisive)
}

/** It knows what Postgres answered: whatever caused it decides nothing. */
const isDriverError = ({ name }: Error): boolean => name === 'NeonDbError'

function isOutage(error: Error & { code?: unknown; overloaded?: unknown; retryable?: unknown }): boolean {
  const { name, code, overloaded, retryable } = error
  if (overloaded === true || retryable === true || name === 'TimeoutError') return true
  return isDriverError(error) && (typeof code !== 'string' || outageStates.test(code))
}
