/**
 * The log: one line of JSON for each thing an operator must know, written only by this module. The keys are a fixed
 * list, so that a query for one kind of entry finds all of them; docs/log.md describes them. An entry must not contain
 * secrets or personal data: anyone who reads logs can see it.
 */
import { jsonLine } from './json-line.ts'
import { currentRequest } from './request-context.ts'

/** One meaning each, and stable, because alarms depend on them. */
export type LogEvent =
  /** How a request was answered: one of these for each. */
  | 'request_served'
  | 'request_refused'
  | 'nonce_handed_out'
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
  | 'account_copy_failed'
  | 'audit_delivery_failed'
  | 'audit_append_failed'
  | 'audit_events_lost'
  | 'audit_stream_failed'
  | 'trace_export_failed'
  | 'metrics_hand_over_failed'
  | 'metrics_gauges_absent'
  | 'breach_check_failed'
  | 'message_failed'
  | 'notice_failed'
  | 'logout_failed'
  | 'logout_hand_over_failed'
  | 'webhook_dispatch_failed'
  | 'webhook_failed'
  /** Data in the database that this server did not write. */
  | 'signing_key_not_trusted'
  | 'audit_chain_broken'
  | 'identifier_collisions'

export interface LogFields {
  /** Of the request that ordered a job; otherwise that of the request the code runs for, which need not be named. */
  readonly request_id?: string | undefined
  /** What the caller sent as `X-Request-Id`. */
  readonly caller_request_id?: string | undefined
  readonly job_id?: string | undefined
  readonly method?: string | undefined
  /** The template, never the path: that may contain codes, tokens and names. */
  readonly route?: string | undefined
  /** HTTP status. */
  readonly status?: number | undefined
  readonly duration_ms?: number | undefined
  /** How the request ended, as the metrics count it. */
  readonly outcome?: string | undefined
  /** As far as `AUTHLY_LOG_ADDRESSES` permits. */
  readonly address?: string | undefined
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

type LogLevel = 'info' | 'warn' | 'error'

/** What every line begins with; the ids are those of the request that the code runs for, if there is one. */
export interface LogLine extends LogFields {
  readonly level: LogLevel
  readonly event: LogEvent
  /** RFC 3339, UTC. */
  readonly time: string
  readonly trace_id: string | undefined
  readonly region: string | undefined
}

/** An isolate serves one region. */
let region: string | undefined

/** Names the region in all lines from now on. */
export function setLogRegion(name: string): void {
  region = name
}

/** Something is wrong and needs attention. */
export const logError = (event: LogEvent, fields: LogFields): void =>
  console.error(lineOf('error', event, fields))

/** Something was refused, or should be corrected when there is time. */
export const logWarning = (event: LogEvent, fields: LogFields): void =>
  console.warn(lineOf('warn', event, fields))

/** Something happened as it should. */
export const logInfo = (event: LogEvent, fields: LogFields): void =>
  console.info(lineOf('info', event, fields))

function lineOf(level: LogLevel, event: LogEvent, fields: LogFields): string {
  const request = currentRequest()
  const line: LogLine = {
    ...{ level, event, time: new Date().toISOString() },
    ...{ request_id: request?.requestId, trace_id: request?.trace.traceId, region },
    ...fields,
  }
  return jsonLine(line)
}
