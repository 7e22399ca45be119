/**
 * Errors of the gateway in the form that @neondatabase/serverless reads: 400 with Postgres' own fields for errors of
 * the statement, 503 for a database that is unavailable (the driver then has no SQLSTATE: retry later).
 */
import pg from 'pg'
import { errorCode } from '../process/operator-error.ts'

export type GatewayFailure = { status: number; body: Record<string, string | undefined> }

/** Connection failures (class 08), too many connections, shutting down or starting up (57P01–57P03). */
const unavailable = /^(08...|53300|57P0[1-5])$/

/** A request refused by the gateway itself. */
export class GatewayRefusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Maps any error of a request to an HTTP status and a JSON body. */
export function renderGatewayError(error: unknown): GatewayFailure {
  if (error instanceof GatewayRefusal) return { status: error.status, body: { message: error.message } }
  if (error instanceof pg.DatabaseError) {
    const status = error.code !== undefined && unavailable.test(error.code) ? 503 : 400
    return { status, body: postgresFields(error) }
  }
  const reason = error instanceof Error ? error.message || errorCode(error) : String(error)
  return {
    status: 503,
    body: { message: `the database cannot be reached: ${reason ?? 'unknown error'}`, code: errorCode(error) },
  }
}

function postgresFields(error: pg.DatabaseError): Record<string, string | undefined> {
  return {
    message: error.message,
    severity: error.severity,
    code: error.code,
    detail: error.detail,
    hint: error.hint,
    position: error.position,
    internalPosition: error.internalPosition,
    internalQuery: error.internalQuery,
    where: error.where,
    schema: error.schema,
    table: error.table,
    column: error.column,
    dataType: error.dataType,
    constraint: error.constraint,
    file: error.file,
    line: error.line,
    routine: error.routine,
  }
}
