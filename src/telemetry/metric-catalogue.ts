/**
 * All metrics of `/metrics`: the closed list behind the registry, docs/observability.md, the dashboards and the alerts.
 * Names follow Prometheus: base units, `_total` for counters. No label is called `job`, `instance` or `region`, which
 * Prometheus puts on every series itself. Every label has a bound, because one that callers choose would let them
 * create series without end.
 */

/** What the values of a label mean. */
export const metricLabels = {
  route:
    'template of the path, such as `/admin/users/{user_id}`; of an unknown path its known beginning, `/oauth/*`; `/*` if there is none',
  method: 'HTTP method, `_OTHER` for an unknown one; of a sign-in, its step; of an object, its method',
  outcome: 'how it ended',
  grant_type:
    'the grant type; `unsupported` for any other, `none` where the request was refused before it was read',
  error: 'the OAuth error code; empty for a success',
  client_id:
    'the authenticated client; `other` for those beyond the bound, `none` where none was authenticated, or a rate limit refused',
  cache: 'what was read: `client`, `scope-catalog`, `bound-signing-keys`, `settings`',
  tier: 'which tier answered: `memory`, `replica`, `postgres`',
  result: 'of a cache read: `hit`, `stale`, `miss`, `error`; of a row: `succeeded`, `failed`',
  area: 'whom the read was for: `admin`, `public`, `background`',
  kind: 'which kind',
  state: 'which state',
  object: 'class of the Durable Object',
  policy: 'name of the rate limit',
  alg: 'JOSE algorithm',
  outbox: 'the shard of the audit outbox',
  type_class: 'class of the audit event',
  task: 'name of the cron job',
  version: 'version of the server',
  channel: 'how a message reaches a person: `email`, `sms`',
} as const

export type MetricLabel = keyof typeof metricLabels

interface Described {
  readonly help: string
  readonly labels: readonly MetricLabel[]
}

/** Outcomes that are shown as 0 beside the first of their kind: a rate cannot see where a counter began. */
interface ShowsZero {
  readonly showsZero?: readonly string[]
}

export interface CounterDefinition extends Described, ShowsZero {
  readonly type: 'counter'
}

export interface GaugeDefinition extends Described {
  readonly type: 'gauge'
  /** Where the value is read at the scrape; `isolates`: the highest that an isolate handed over. */
  readonly from: 'postgres' | 'objects' | 'isolates' | 'scrape'
}

export interface HistogramDefinition extends Described, ShowsZero {
  readonly type: 'histogram'
  /** Upper bounds of the buckets, ascending, without +Inf. */
  readonly buckets: readonly number[]
}

export type MetricDefinition = CounterDefinition | GaugeDefinition | HistogramDefinition

/** Seconds. The bounds of the service levels, 0.05 and 0.2, are buckets, so that their shares are exact. */
const latency = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10] as const

export const metricCatalogue = {
  authly_http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from receiving a request to its response. Outcome: success, refused (4xx and OAuth errors), limited, failed (5xx)',
    labels: ['route', 'method', 'outcome'],
    showsZero: ['failed'],
    buckets: latency,
  },
  authly_token_requests_total: {
    type: 'counter',
    help: 'Token requests. Outcome: success, refused, limited, failed',
    labels: ['grant_type', 'outcome', 'error', 'client_id'],
  },
  authly_pushed_requests_total: {
    type: 'counter',
    help: 'Pushed authorization requests. Outcome: success, refused, limited, failed',
    labels: ['outcome', 'error', 'client_id'],
  },
  authly_sender_proofs_total: {
    type: 'counter',
    help: 'Proofs of keys that tokens are bound to, by the member of cnf. Outcome: success, refused; one that was used before is a success here and an error of its request',
    labels: ['kind', 'outcome', 'error'],
  },
  authly_account_deletions_total: {
    type: 'counter',
    help: 'Deletions of accounts that their owners asked for. Outcome: requested, cancelled (the account is kept), deleted (by the cron job)',
    labels: ['outcome'],
  },
  authly_sign_ins_total: {
    type: 'counter',
    help: 'Steps of sign-ins that were taken. Outcome: success (signed in), next (another step follows), refused, locked, limited, busy, lost (begun too long ago), full (too many sessions)',
    labels: ['method', 'outcome'],
  },
  authly_registrations_total: {
    type: 'counter',
    help: 'Steps of making an account that were taken. Outcome: next (another step follows), registered (the account is made), challenged (a challenge is asked for first), refused, locked, limited, busy',
    labels: ['method', 'outcome'],
  },
  authly_client_registrations_total: {
    type: 'counter',
    help: 'Clients that registered themselves (RFC 7591). Outcome: registered, refused, limited',
    labels: ['outcome'],
  },
  authly_client_documents_total: {
    type: 'counter',
    help: 'Documents of clients that were to be fetched. Outcome: fetched, stale (an earlier copy serves, because it could not be), refused, limited',
    labels: ['outcome'],
  },
  authly_pending_sign_ins_total: {
    type: 'counter',
    help: 'Sign-ins that took more than one step and have ended. Outcome: success, dropped (after too many failures of a step)',
    labels: ['outcome'],
    showsZero: ['dropped'],
  },
  authly_recoveries_total: {
    type: 'counter',
    help: 'Recoveries of accounts. Outcome: begun (a code was asked for, for whatever name), completed (a password was chosen), waiting (the waiting period began), stopped (it was stopped), without_factors (completed after it)',
    labels: ['outcome'],
    showsZero: ['begun', 'completed', 'waiting', 'stopped', 'without_factors'],
  },
  authly_passkey_verifications_total: {
    type: 'counter',
    help: 'Passkeys verified. Outcome: success, refused, counter_regressed (refused, because its counter went back)',
    labels: ['outcome'],
    showsZero: ['counter_regressed'],
  },
  authly_passkey_copy_refreshes_total: {
    type: 'counter',
    help: 'Copies of passkeys that objects of people have read again from Postgres. Outcome: success, failed',
    labels: ['outcome'],
    showsZero: ['failed'],
  },
  authly_breached_password_checks_total: {
    type: 'counter',
    help: 'Passwords looked up in the list of breached ones. Outcome: found, not_found, failed',
    labels: ['outcome'],
    showsZero: ['failed'],
  },
  authly_rate_limited_total: {
    type: 'counter',
    help: 'Requests refused by a rate limit',
    labels: ['policy'],
  },
  authly_cache_reads_total: {
    type: 'counter',
    help: 'Reads of clients, scopes, keys and settings, by the tier that was asked',
    labels: ['cache', 'tier', 'result', 'area'],
  },
  authly_postgres_round_trip_duration_seconds: {
    type: 'histogram',
    help: 'Time of one round trip to Postgres. Kind: query, batch. Outcome: success, refused (by a rule of the database), failed',
    labels: ['kind', 'outcome'],
    showsZero: ['failed'],
    buckets: latency,
  },
  authly_postgres_batch_statements: {
    type: 'histogram',
    help: 'Statements in one batch to Postgres',
    labels: [],
    buckets: [1, 2, 3, 4, 6, 8, 12, 20, 50],
  },
  authly_postgres_up: {
    type: 'gauge',
    from: 'postgres',
    help: 'Whether Postgres answered when the gauges were last read (at most every 15 s)',
    labels: [],
  },
  authly_postgres_connections: {
    type: 'gauge',
    from: 'postgres',
    help: 'Connections of this server at Postgres, by state: active, idle, idle in transaction, other',
    labels: ['state'],
  },
  authly_postgres_connections_limit: {
    type: 'gauge',
    from: 'postgres',
    help: 'Connections that Postgres allows in all',
    labels: [],
  },
  authly_object_call_duration_seconds: {
    type: 'histogram',
    help: 'Time of one call of a Durable Object. Method: the method that was called. Outcome: success, failed',
    labels: ['object', 'method', 'outcome'],
    showsZero: ['failed'],
    buckets: latency,
  },
  authly_signature_duration_seconds: {
    type: 'histogram',
    help: 'Time to sign one token. Production clocks stand still while code computes, so that only the count is of use there',
    labels: ['alg'],
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1],
  },
  authly_outgoing_request_duration_seconds: {
    type: 'histogram',
    help: 'Time of one request to a host of others (keys of clients, sector identifiers). Outcome: success, failed',
    labels: ['outcome'],
    buckets: latency,
  },
  authly_outbox_events: {
    type: 'gauge',
    from: 'objects',
    help: 'Audit events that wait in a shard of the outbox for Postgres',
    labels: ['outbox'],
  },
  authly_outbox_oldest_age_seconds: {
    type: 'gauge',
    from: 'objects',
    help: 'Age of the oldest event that waits in a shard of the outbox; 0 when it is empty',
    labels: ['outbox'],
  },
  authly_outbox_deliveries_total: {
    type: 'counter',
    help: 'Batches of audit events sent from outboxes, those of users included, to Postgres. Outcome: success, failed',
    labels: ['outcome'],
    showsZero: ['success', 'failed'],
  },
  authly_outbox_delivered_events_total: {
    type: 'counter',
    help: 'Audit events that Postgres accepted from outboxes',
    labels: [],
  },
  authly_messages_total: {
    type: 'counter',
    help: 'Messages to people. Outcome: queued; then sent, refused, dropped (expired) or discarded (taken back), each once; bounced is reported later by the provider, of those sent; failed counts attempts that are repeated',
    labels: ['channel', 'outcome'],
    showsZero: ['sent', 'refused', 'dropped', 'discarded', 'failed'],
  },
  authly_codes_issued_total: {
    type: 'counter',
    help: 'Messages that were queued because somebody asked for a code: all but notices and links',
    labels: ['channel'],
  },
  authly_message_delay_seconds: {
    type: 'histogram',
    help: 'Time from queueing a message to the answer of the provider that took it',
    labels: ['channel'],
    buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21600],
  },
  authly_logout_deliveries_total: {
    type: 'counter',
    help: 'Back-channel logouts. Outcome: queued; then delivered, refused, given_up (after a day) or unwanted (the client wants to know no more), each once; failed counts attempts that are repeated',
    labels: ['outcome'],
    showsZero: ['delivered', 'refused', 'given_up', 'failed'],
  },
  authly_webhook_deliveries_total: {
    type: 'counter',
    help: 'Events for webhook endpoints. Outcome: queued; then delivered, given_up (after three days), cancelled (the endpoint is disabled) or dropped (too many waited, or the trail has the event no more), each once; failed counts attempts that are repeated',
    labels: ['outcome'],
    showsZero: ['delivered', 'given_up', 'cancelled', 'dropped', 'failed'],
  },
  authly_webhook_dispatches_total: {
    type: 'counter',
    help: 'Looks at the trail for webhook endpoints: success, or failed. There are several a minute while an endpoint is enabled. Besides, pages that the outbox of one endpoint did not take: refused (it is tried again), left_behind (after an hour: a replay sends what it missed)',
    labels: ['outcome'],
    showsZero: ['success', 'failed', 'refused', 'left_behind'],
  },
  authly_webhook_endpoints: {
    type: 'gauge',
    from: 'postgres',
    labels: ['state'],
    help: 'Webhook endpoints. State: enabled, disabled (by an administrator), stopped (the server disabled it: it failed for days, answered 410, or nobody answers for it any more)',
  },
  authly_webhook_duration_seconds: {
    type: 'histogram',
    help: 'How long webhook endpoints take to answer',
    labels: [],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  authly_webhook_delay_seconds: {
    type: 'histogram',
    help: 'From the moment an event was handed to the outbox of an endpoint until it was taken',
    labels: [],
    buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400],
  },
  authly_audit_events_total: {
    type: 'counter',
    help: 'Audit events created, by the outcome they record: success, failure',
    labels: ['type_class', 'outcome'],
  },
  authly_audit_events_lost_total: {
    type: 'counter',
    help: 'Audit events dropped because no outbox could be reached and the buffer was full',
    labels: [],
  },
  authly_audit_unsealed_events: {
    type: 'gauge',
    from: 'postgres',
    help: 'Positions of the audit trail that no checkpoint covers yet; at most 100,000 are counted',
    labels: [],
  },
  authly_audit_sealing_lag_seconds: {
    type: 'gauge',
    from: 'postgres',
    help: 'Time since the oldest unsealed event was recorded; 0 when all are sealed',
    labels: [],
  },
  authly_audit_chain_broken: {
    type: 'gauge',
    from: 'postgres',
    help: '1 while one of the last 12 checkpoints, about an hour, was built on a checkpoint that this server did not sign',
    labels: [],
  },
  authly_jobs: {
    type: 'gauge',
    from: 'postgres',
    help: 'Background jobs. State: queued, running; and those that ended in the last 24 hours: succeeded, failed, cancelled',
    labels: ['kind', 'state'],
  },
  authly_job_oldest_queued_age_seconds: {
    type: 'gauge',
    from: 'postgres',
    help: 'Age of the oldest job that waits to begin; 0 when there is none',
    labels: [],
  },
  authly_job_steps_total: {
    type: 'counter',
    help: 'Steps of background jobs. Outcome: success, postponed, failed',
    labels: ['kind', 'outcome'],
  },
  authly_import_rows_total: {
    type: 'counter',
    help: 'Rows of uploaded files that jobs have processed',
    labels: ['kind', 'result'],
  },
  authly_signing_key_age_seconds: {
    type: 'gauge',
    from: 'postgres',
    help: 'Time since the key entered its state: next (created), current (activated), retired; of several, the oldest',
    labels: ['alg', 'state'],
  },
  authly_client_secret_expiry_timestamp_seconds: {
    type: 'gauge',
    from: 'postgres',
    help: 'When the last secret of an enabled client ends (Unix time), for clients of whose secrets each one expires: the first 100; `all` stands for the first of these',
    labels: ['client_id'],
  },
  authly_cron_runs_total: {
    type: 'counter',
    help: 'Runs of cron jobs. Outcome: success, failed',
    labels: ['task', 'outcome'],
    showsZero: ['failed'],
  },
  authly_cron_last_success_timestamp_seconds: {
    type: 'gauge',
    from: 'isolates',
    help: 'When a cron job last succeeded (Unix time)',
    labels: ['task'],
  },
  authly_metrics_isolates: {
    type: 'gauge',
    from: 'objects',
    help: 'Isolates that handed over metrics in the last minute',
    labels: [],
  },
  authly_build_info: {
    type: 'gauge',
    from: 'scrape',
    help: 'Always 1: the version that answered the scrape',
    labels: ['version'],
  },
} as const satisfies Readonly<Record<`authly_${string}`, MetricDefinition>>

export type MetricName = keyof typeof metricCatalogue

type NamesOf<Type extends MetricDefinition['type']> = {
  [Name in MetricName]: (typeof metricCatalogue)[Name]['type'] extends Type ? Name : never
}[MetricName]

export type CounterName = NamesOf<'counter'>
export type GaugeName = NamesOf<'gauge'>
export type HistogramName = NamesOf<'histogram'>
