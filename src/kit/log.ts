/**
 * The log: a line of JSON for what an operator must know, written here alone. The keys are a closed list, so that a
 * query that finds one kind of entry finds all; docs/deployment.md says what they mean. Nothing in an entry may be a
 * secret or personal: it is read where logs are read.
 */
import { jsonLine } from './json-line.ts'

/** One meaning each; stable, because alarms are set on them. */
export type LogEvent =
  /** A refusal, and a fault of ours or of what is behind us. */
  | 'request_refused'
  | 'request_failed'
  /** Work without a request. */
  | 'job_failed'
  | 'job_step_failed'
  | 'job_after_failed'
  | 'job_publish_failed'
  | 'job_stumbled'
  /** A part that is done without for now. */
  | 'cache_renewal_failed'
  | 'rate_limit_counter_failed'
  | 'audit_delivery_failed'
  | 'audit_append_failed'
  | 'audit_events_lost'
  | 'audit_stream_failed'
  /** Something in the database is not as this server left it. */
  | 'signing_key_not_trusted'
  | 'audit_chain_broken'
  | 'identifier_collisions'

export interface LogFields {
  readonly request_id?: string | undefined
  readonly method?: string | undefined
  /** Without its query, which may hold codes and tokens. */
  readonly path?: string | undefined
  /** Of HTTP. */
  readonly status?: number | undefined
  /** The code that the caller got. */
  readonly error?: string | undefined
  /** What the caller was told. */
  readonly description?: string | undefined
  /** What the caller was not told. */
  readonly detail?: string | undefined
  /** Where in the request the fault lies. */
  readonly at?: readonly string[] | undefined
  /** What failed, or is not as it should be: a cron job, a rate-limit policy, a key of the cache, a key id. */
  readonly subject?: string | undefined
  /** Why: an error by name, or as `describeError` has it. */
  readonly reason?: string | undefined
  /** SQLSTATE. */
  readonly code?: string | undefined
  /** How many it concerns. */
  readonly count?: number | undefined
}

/** Something is wrong, and somebody should look. */
export const logError = (event: LogEvent, fields: LogFields): void =>
  console.error(jsonLine({ level: 'error', event, ...fields }))

/** Something was refused, or is to be put right when there is time. */
export const logWarning = (event: LogEvent, fields: LogFields): void =>
  console.warn(jsonLine({ level: 'warn', event, ...fields }))
