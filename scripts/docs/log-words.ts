/** What the lines of the log mean. The server does not need it. Types see to it that nothing is missing. */
import type { LogEvent, LogLine } from '../../src/kit/log.ts'

interface EventWords {
  readonly level: LogLine['level']
  readonly meaning: string
}

export const logEventWords: Readonly<Record<LogEvent, EventWords>> = {
  request_served: {
    level: 'info',
    meaning: 'A request was answered. Only a sample has this line (`AUTHLY_LOG_ACCESS_RATIO`)',
  },
  request_refused: {
    level: 'warn',
    meaning: 'A request was refused, also by a rate limit or in a redirect to the application',
  },
  nonce_handed_out: {
    level: 'info',
    meaning:
      'A DPoP proof came without a nonce that is valid now: the client got one, and repeats the request (RFC 9449 §8)',
  },
  request_failed: { level: 'error', meaning: 'A fault of ours, or an unavailable backend' },
  job_failed: {
    level: 'error',
    meaning: 'A cron job (`subject`) failed; it runs again with the next trigger',
  },
  job_step_failed: {
    level: 'error',
    meaning: 'Postgres refused a step of a background job, which ends',
  },
  job_after_failed: {
    level: 'error',
    meaning: 'What follows a step of a background job failed; it is tried again',
  },
  job_publish_failed: {
    level: 'error',
    meaning: 'A file of a background job could not be written to R2; it is tried again',
  },
  job_step_threw: {
    level: 'error',
    meaning: 'A step of a background job failed unexpectedly; it is tried again a few times',
  },
  cache_renewal_failed: {
    level: 'error',
    meaning: 'A change (`subject` is its key) reaches other isolates only when their copies expire',
  },
  rate_limit_counter_failed: {
    level: 'error',
    meaning: 'The counter of a policy (`subject`) was not reached; its policy defines what happens meanwhile',
  },
  account_copy_failed: {
    level: 'error',
    meaning: 'An object could not compare its copy of an account with Postgres; it tries again',
  },
  audit_delivery_failed: { level: 'error', meaning: 'Audit events wait in an object; they are sent again' },
  audit_append_failed: { level: 'error', meaning: 'Audit events wait in an isolate; they are sent again' },
  audit_events_lost: {
    level: 'error',
    meaning: '`count` audit events of an isolate were dropped because the outbox could not be reached',
  },
  audit_stream_failed: {
    level: 'error',
    meaning: '`subject` of the live audit stream failed and is tried again',
  },
  trace_export_failed: {
    level: 'warn',
    meaning:
      'The collector did not take spans; `count` were dropped since the last such line, the others wait',
  },
  metrics_hand_over_failed: {
    level: 'error',
    meaning: 'What an isolate counted did not reach its metrics object; it is sent again for an hour',
  },
  metrics_gauges_absent: {
    level: 'warn',
    meaning: 'A scrape came without the gauges of `subject`, which did not answer',
  },
  notice_failed: {
    level: 'error',
    meaning:
      'A notice about an account could not be queued; what it is about happened, and its owner is not told',
  },
  breach_check_failed: {
    level: 'warn',
    meaning:
      'A password could not be looked up in the list of breached ones; a sign-in after an hour tries again',
  },
  message_failed: {
    level: 'warn',
    meaning:
      'A message of kind `subject` was not taken by its provider, for the `count`th time; it is tried again until it expires ([what to do](runbooks/MessagesNotSent.md))',
  },
  logout_failed: {
    level: 'warn',
    meaning:
      'The client `subject` did not take the news of a sign-out, for the `count`th time; it is tried again for a day ([what to do](runbooks/LogoutsNotDelivered.md))',
  },
  logout_hand_over_failed: {
    level: 'error',
    meaning:
      'The sign-outs of a person did not reach the outboxes of clients; it is tried again every minute',
  },
  webhook_dispatch_failed: {
    level: 'warn',
    meaning:
      'Events could not be handed to the outboxes of [webhook](webhooks.md) endpoints. `subject`: what was tried (`nudge`, `trail`), or the endpoint whose outbox failed. They wait, and it is tried again, for one endpoint about an hour: `outcome` is `refused`, and at last `left_behind` ([what to do](runbooks/WebhookDispatchStopped.md))',
  },
  webhook_failed: {
    level: 'warn',
    meaning:
      'A [webhook](webhooks.md) endpoint did not take an event, which is tried again. `subject`: the endpoint (`outbox`: its object could not do its work), `count`: attempts of this event ([what to do](runbooks/WebhooksNotDelivered.md))',
  },
  signing_key_not_trusted: {
    level: 'error',
    meaning:
      'A signing key is not bound to the root secret ([what to do](deployment.md#a-signing-key-is-not-trusted))',
  },
  audit_chain_broken: {
    level: 'error',
    meaning: 'A checkpoint of the audit trail was not signed by this server',
  },
  identifier_collisions: {
    level: 'warn',
    meaning: '`count` accounts share a name ([decision 26](decisions/0026-one-normal-form-of-names.md))',
  },
}

export const logFieldWords: Readonly<Record<keyof LogLine, string>> = {
  level: '`error` when somebody should take a look, `warn`, or `info`',
  event: 'What happened, from the list above',
  time: 'When the line was written (RFC 3339, UTC). In Workers the clock stands still while code computes',
  request_id:
    'The request that the code ran for, as in `X-Request-Id`, on error pages and in the audit trail. Of a background job: the request that ordered it. Of audit events that wait in an isolate: whichever request sends them. Absent in objects and cron jobs',
  trace_id: 'The trace of that request (W3C Trace Context)',
  region: '`AUTHLY_REGION`',
  caller_request_id:
    'What the caller sent as `X-Request-Id`, if it is up to 64 letters, digits, `-` and `_`. Anybody can send anything here',
  job_id: 'The background job',
  method: 'HTTP method; `_OTHER` for one that does not exist',
  route:
    'Template of the route, `/admin/users/{user_id}`. Of an unknown path its known beginning, `/oauth/*`: what follows may be a secret in the wrong place',
  status: 'HTTP status',
  duration_ms:
    'From the arrival of the request until the response was ready to be sent; a stream is not over then. Time spent computing is not in it, because the clock stands still meanwhile',
  outcome: '`success`, `refused`, `limited` (by a rate limit) or `failed`',
  address: 'The caller’s address, as far as `AUTHLY_LOG_ADDRESSES` permits; personal data',
  error: 'The error code that the caller got',
  description: 'The description that the caller got',
  detail: 'What the caller was not told',
  at: 'Where the faults in the request are: JSON pointers, parameters, headers',
  subject: 'What failed or is not as it should be',
  reason: 'Why: the name or text of an error. Lines of requests have `detail` instead',
  code: 'SQLSTATE of Postgres',
  count: 'How many are affected',
}
