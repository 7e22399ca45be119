/**
 * The log: one line of JSON for each thing an operator must know, written only by this module. The keys are a
 * fixed list, so that a query for one kind of entry finds all of them; docs/deployment.md describes them. An entry
 * must not contain secrets or personal data: anyone who reads logs can see it.
 */
import { jsonLine } from './json-line.ts'

/** One meaning each, and stable, because alarms depend on them. */
export type LogEvent =
  /** A refusal; an error of ours or of a backend. */
  | 'request_refused'
  | 'request_failed'
  /** Work without a request. */
  | 'job_failed'
  | 'job_step_failed'
  | 'job_after_failed'
  | 'job_publish_failed'
  | 'job_step_threw'
  /** A component that is skipped for now. */
  | 'cache_renewal_failed'
  | 'rate_limit_counter_failed'
  | 'audit_delivery_failed'
  | 'audit_append_failed'
  | 'audit_events_lost'
  | 'audit_stream_failed'
  /** Data in the database that this server did not write. */
  | 'signing_key_not_trusted'
  | 'audit_chain_broken'
  | 'identifier_collisions'

export interface LogFields {
  readonly request_id?: string | undefined
  readonly method?: string | undefined
  /** Without the query, which may contain codes and tokens. */
  readonly path?: string | undefined
  /** HTTP status. */
  readonly status?: number | undefined
  /** The error code sent to the caller. */
  readonly error?: string | undefined
  /** The description sent to the caller. */
  readonly description?: string | undefined
  /** Details withheld from the caller. */
  readonly detail?: string | undefined
  /** Locations of the faults in the request. */
  readonly at?: readonly string[] | undefined
  /** What failed or is wrong: a cron job, a rate-limit policy, a cache key, a key id. */
  readonly subject?: string | undefined
  /** Why: the name of an error, or the text of `describeError`. */
  readonly reason?: string | undefined
  /** SQLSTATE. */
  readonly code?: string | undefined
  /** How many are affected. */
  readonly count?: number | undefined
}

/** Something is wrong and needs attention. */
export const logError = (event: LogEvent, fields: LogFields): void =>
  console.error(jsonLine({ level: 'error', event, ...fields }))

/** Something was refused, or should be corrected when there is time. */
export const logWarning = (event: LogEvent, fields: LogFields): void =>
  console.warn(jsonLine({ level: 'warn', event, ...fields }))
