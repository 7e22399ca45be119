/** The error with which Postgres refused a statement, however deep the query builder has wrapped it. */
import { causesOf } from './causes.ts'

/** SQLSTATEs that some code expects; those of class `AU` are raised by functions in `drizzle/`. */
export const sqlStates = {
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  uniqueViolation: '23505',
  foreignKeyViolation: '23503',
  restrictViolation: '23001',
  lockNotAvailable: '55P03',
} as const

export interface DatabaseError extends Error {
  /** SQLSTATE. Absent when Postgres was not reached. */
  readonly code?: string
  readonly hint?: string
  readonly constraint?: string
}

/** The driver's error in `error` or among its causes. */
export const databaseErrorOf = (error: unknown): DatabaseError | undefined =>
  causesOf(error).find(({ name }) => name === 'NeonDbError')

/** Refused by the trigger `authly_keep_strong_factor`: administrators keep a strong factor until another removes it. */
export const isLastStrongFactor = (error: unknown): boolean =>
  databaseErrorOf(error)?.hint === 'last_strong_factor'

/** Whether another transaction won a race; a retry may succeed. */
export const isLostRace = ({ code }: DatabaseError): boolean =>
  code === sqlStates.serializationFailure || code === sqlStates.deadlockDetected
