/**
 * Alerts on causes: what breaks a promise next, or what no request shows. Limits lie below those of the objectives, so
 * that a cause is named before people notice it.
 */
import { type Clock, day, hour, minute } from '../clock.ts'
import { createQueries, maxBy, minBy, orZero, quantileBy, ratio, sumBy } from '../promql.ts'
import { secondFactors } from '../second-factors.ts'
import { type AlertRule, type RuleGroup, type RuleOptions, runbookUrl, type Severity } from './rule.ts'

interface CauseAlert {
  readonly alert: string
  readonly severity: Severity
  readonly expr: string
  /** Seconds for which it must hold; 0: none. */
  readonly forSeconds: number
  /** One line; Prometheus fills in `{{ $labels.… }}` and `{{ $value }}`. */
  readonly summary: string
  readonly description: string
}

export const causeGroups = (clock: Clock, options: RuleOptions): readonly RuleGroup[] =>
  Object.entries(causes(clock)).map(([part, alerts]) => ({
    name: `authly-${part}`,
    rules: alerts.map((cause) => alertRule(cause, clock, options)),
  }))

function alertRule(cause: CauseAlert, clock: Clock, options: RuleOptions): AlertRule {
  const { alert, severity, expr, forSeconds, summary, description } = cause
  return {
    ...{ alert, expr },
    ...(forSeconds > 0 && { for: clock.duration(forSeconds) }),
    labels: { severity },
    annotations: { summary, description, runbook_url: runbookUrl(alert, options) },
  }
}

const causes = (clock: Clock): Readonly<Record<string, readonly CauseAlert[]>> => ({
  server: serverAlerts(clock),
  postgres: postgresAlerts(clock),
  audit: auditAlerts(clock),
  background: backgroundAlerts(clock),
  keys: keyAlerts(clock),
  factors: factorAlerts(clock),
  delivery: deliveryAlerts(clock),
  webhooks: webhookAlerts(clock),
  abuse: abuseAlerts(clock),
})

/** Share of an object's calls that may take longer than a tenth of a second. */
const slowCalls = 0.05
const cacheGoal = 0.8

function serverAlerts(clock: Clock): readonly CauseAlert[] {
  const recent = createQueries(clock.duration(5 * minute))
  const lately = createQueries(clock.duration(30 * minute))
  const calls = sumBy(recent.observed('authly_object_call_duration_seconds'), 'region', 'object')
  const quick = sumBy(
    recent.buckets('authly_object_call_duration_seconds', { le: '=0.1' }),
    ...(['region', 'object'] as const),
  )
  const slow = { text: `(${calls.text} - ${quick.text})`, labels: calls.labels }
  // Memory is asked first, so that its reads are all there are.
  const reads = sumBy(lately.rate('authly_cache_reads_total', { tier: '=memory' }), 'region')
  const missed = sumBy(lately.rate('authly_cache_reads_total', { tier: '=postgres' }), 'region')
  return [
    {
      alert: 'ServerNotScraped',
      severity: 'page',
      expr: 'up{job="authly"} == 0 or absent(up{job="authly"})',
      forSeconds: 2 * minute,
      summary: 'No metrics from {{ $labels.region }}: it is down, or refuses the scrape',
      description: 'While this lasts, no other alert of the region can fire.',
    },
    {
      alert: 'HotObject',
      severity: 'ticket',
      // Ten calls a second: of fewer, single slow ones would be a large share.
      expr: `${ratio(slow, calls).text} > ${slowCalls} and ${calls.text} > 10`,
      forSeconds: 5 * minute,
      summary:
        '{{ $value | humanizePercentage }} of the calls of {{ $labels.object }} in {{ $labels.region }} take longer than 0.1 s',
      description: 'An object handles one call at a time: calls of a busy one wait for each other.',
    },
    {
      alert: 'CacheMisses',
      severity: 'ticket',
      expr: `1 - ${ratio(orZero(missed, reads), reads).text} < ${cacheGoal} and ${reads.text} > 1`,
      forSeconds: 30 * minute,
      summary: 'Only {{ $value | humanizePercentage }} of cache reads in {{ $labels.region }} spare Postgres',
      description: `The goal is ${cacheGoal * 100} %: what is missed costs a round trip, with every request.`,
    },
  ]
}

function postgresAlerts(clock: Clock): readonly CauseAlert[] {
  const recent = createQueries(clock.duration(5 * minute))
  const name = 'authly_postgres_round_trip_duration_seconds'
  const all = sumBy(recent.observed(name), 'region')
  const failed = orZero(sumBy(recent.observed(name, { outcome: '=failed' }), 'region'), all)
  // Events that Postgres refuses are another matter (OutboxStuck), and are sent again and again.
  const deliveries = sumBy(recent.rate('authly_outbox_deliveries_total', { outcome: '=failed' }), 'region')
  const others = { text: `(${failed.text} - ${orZero(deliveries, all).text})`, labels: all.labels }
  const open = sumBy(recent.gauge('authly_postgres_connections'), 'region')
  const limit = maxBy(recent.gauge('authly_postgres_connections_limit'), 'region')
  return [
    {
      alert: 'PostgresSlow',
      severity: 'ticket',
      // The median: a job's large batches, or one slow query, do not move it.
      expr: `${quantileBy(0.5, recent.buckets(name), 'region').text} > 0.1 and ${all.text} > 0.1`,
      forSeconds: 5 * minute,
      summary:
        'Half of the round trips to Postgres from {{ $labels.region }} take longer than {{ $value | humanizeDuration }}',
      description:
        'Sign-in, userinfo and administration wait for it. Tokens do not, unless they contain claims of scopes.',
    },
    {
      alert: 'PostgresUnavailable',
      severity: 'page',
      expr: `${ratio(others, all).text} > 0.2 or ${recent.gauge('authly_postgres_up').text} == 0`,
      forSeconds: 2 * minute,
      summary: 'Postgres does not answer {{ $labels.region }}',
      description:
        'Nobody can sign in or administer, userinfo fails. Tokens, refresh and introspection go on.',
    },
    {
      alert: 'PostgresConnectionsExhausted',
      severity: 'ticket',
      expr: `${ratio(open, limit).text} > 0.8`,
      forSeconds: 5 * minute,
      summary:
        '{{ $value | humanizePercentage }} of the connections of Postgres are taken by {{ $labels.region }}',
      description: 'When none is left, round trips wait and then fail.',
    },
  ]
}

function auditAlerts(clock: Clock): readonly CauseAlert[] {
  const recent = createQueries(clock.duration(5 * minute))
  const lately = createQueries(clock.duration(hour))
  const age = maxBy(recent.gauge('authly_outbox_oldest_age_seconds'), 'region', 'outbox')
  return [
    {
      alert: 'OutboxStuck',
      severity: 'ticket',
      expr: `${age.text} > ${clock.seconds(10 * minute)}`,
      forSeconds: 5 * minute,
      summary:
        'Audit events wait in {{ $labels.outbox }} of {{ $labels.region }} for {{ $value | humanizeDuration }}',
      description: 'Nothing is lost while they wait, but the trail lacks them.',
    },
    {
      alert: 'AuditEventsLost',
      severity: 'page',
      expr: `${sumBy(lately.rate('authly_audit_events_lost_total'), 'region').text} > 0`,
      forSeconds: 0,
      summary: 'Audit events of {{ $labels.region }} were dropped',
      description: 'An isolate could not reach its outbox until its buffer was full.',
    },
    {
      alert: 'AuditNotSealed',
      severity: 'ticket',
      expr: `${maxBy(recent.gauge('authly_audit_sealing_lag_seconds'), 'region').text} > ${clock.seconds(30 * minute)}`,
      forSeconds: 10 * minute,
      summary:
        'The audit trail of {{ $labels.region }} has not been sealed for {{ $value | humanizeDuration }}',
      description: 'What is not sealed could be changed in Postgres without a trace.',
    },
    {
      alert: 'AuditChainBroken',
      severity: 'page',
      expr: `${maxBy(recent.gauge('authly_audit_chain_broken'), 'region').text} > 0`,
      forSeconds: 0,
      summary: 'The audit trail of {{ $labels.region }} contains a checkpoint that this server did not sign',
      description: 'Somebody may have changed the trail. Treat it as a break-in until it is explained.',
    },
  ]
}

function backgroundAlerts(clock: Clock): readonly CauseAlert[] {
  const lately = createQueries(clock.duration(15 * minute))
  const lastSuccess = maxBy(lately.gauge('authly_cron_last_success_timestamp_seconds'), 'region', 'task')
  const running = maxBy(lately.gauge('authly_jobs', { state: '=running' }), 'region', 'kind')
  const steps = sumBy(lately.rate('authly_job_steps_total', { outcome: '=success' }), 'region', 'kind')
  const failed = sumBy(lately.rate('authly_job_steps_total', { outcome: '=failed' }), 'region', 'kind')
  return [
    {
      alert: 'CronJobOverdue',
      severity: 'ticket',
      expr: `time() - ${lastSuccess.text} > ${clock.seconds(30 * minute)}`,
      forSeconds: 0,
      summary:
        'The cron job {{ $labels.task }} of {{ $labels.region }} last succeeded {{ $value | humanizeDuration }} ago',
      description: 'It should do so every five minutes.',
    },
    {
      alert: 'JobStuck',
      severity: 'ticket',
      expr: `${running.text} > 0 unless ${steps.text} > 0`,
      forSeconds: 15 * minute,
      summary: '{{ $value }} {{ $labels.kind }} jobs of {{ $labels.region }} run without getting on',
      description: 'No step of them has succeeded for half an hour.',
    },
    {
      alert: 'JobStepsFail',
      severity: 'ticket',
      expr: `${failed.text} > 0`,
      forSeconds: 0,
      summary: 'Steps of {{ $labels.kind }} jobs of {{ $labels.region }} fail',
      description: 'A step is repeated up to twenty times; then its job ends as failed.',
    },
  ]
}

function keyAlerts(clock: Clock): readonly CauseAlert[] {
  const { gauge } = createQueries(clock.duration(5 * minute))
  const left = `${minBy(gauge('authly_client_secret_expiry_timestamp_seconds'), 'region', 'client_id').text} - time()`
  const age = maxBy(gauge('authly_signing_key_age_seconds', { state: '=current' }), 'region', 'alg')
  // Not scaled: a secret's lifetime is the client's, a key's age the region's.
  return [
    {
      alert: 'ClientSecretExpires',
      severity: 'ticket',
      expr: `${left} < ${14 * day} and ${left} > 0`,
      forSeconds: 0,
      summary:
        'The last secret of the client {{ $labels.client_id }} in {{ $labels.region }} expires in {{ $value | humanizeDuration }}',
      description: 'Afterwards all its token requests are refused with invalid_client.',
    },
    {
      alert: 'ClientSecretExpired',
      severity: 'page',
      expr: `${left} <= 0`,
      forSeconds: 0,
      summary: 'The client {{ $labels.client_id }} in {{ $labels.region }} has no valid secret any more',
      description: 'All its token requests are refused with invalid_client.',
    },
    {
      alert: 'SigningKeyOverdue',
      severity: 'ticket',
      expr: `${age.text} > ${97 * day}`,
      forSeconds: 0,
      summary:
        'The {{ $labels.alg }} key of {{ $labels.region }} has signed for {{ $value | humanizeDuration }}',
      description:
        'It should have been replaced after 90 days. Where AUTHLY_KEY_ROTATION_SECONDS says otherwise, change the limit of this rule.',
    },
  ]
}

function factorAlerts(clock: Clock): readonly CauseAlert[] {
  const recent = createQueries(clock.duration(10 * minute))
  const lately = createQueries(clock.duration(hour))
  const asked = sumBy(recent.rate('authly_sign_ins_total', { method: secondFactors }), 'region')
  const wrong = sumBy(
    recent.rate('authly_sign_ins_total', { method: secondFactors, outcome: '=refused' }),
    'region',
  )
  const refreshes = sumBy(lately.rate('authly_passkey_copy_refreshes_total'), 'region')
  const stale = sumBy(lately.rate('authly_passkey_copy_refreshes_total', { outcome: '=failed' }), 'region')
  const checks = sumBy(lately.rate('authly_breached_password_checks_total'), 'region')
  const unchecked = sumBy(
    lately.rate('authly_breached_password_checks_total', { outcome: '=failed' }),
    'region',
  )
  const begun = sumBy(recent.rate('authly_recoveries_total', { outcome: '=begun' }), 'region')
  const recovered = sumBy(
    recent.rate('authly_recoveries_total', { outcome: '=~completed|without_factors' }),
    'region',
  )
  const regressed = sumBy(
    lately.rate('authly_passkey_verifications_total', { outcome: '=counter_regressed' }),
    'region',
  )
  return [
    {
      alert: 'SecondFactorsRefused',
      severity: 'page',
      expr: `${ratio(wrong, asked).text} > 0.6 and ${wrong.text} > 0.2`,
      forSeconds: 10 * minute,
      summary: '{{ $value | humanizePercentage }} of the second factors in {{ $labels.region }} are wrong',
      description:
        'Whoever is asked for one has given the right password: somebody has passwords of many people and guesses the rest.',
    },
    {
      alert: 'RecoveriesAbandoned',
      severity: 'ticket',
      expr: `${begun.text} > 0.5 and ${ratio(recovered, begun).text} < 0.1`,
      forSeconds: 10 * minute,
      summary: '{{ $value | humanize }} recoveries a second are begun in {{ $labels.region }}, and few end',
      description:
        'Somebody asks for codes to the mailboxes of others, to annoy them or to find a mailbox they can read; or messages do not arrive.',
    },
    {
      alert: 'PasskeyCounterRegressed',
      severity: 'ticket',
      expr: `${regressed.text} > 0`,
      forSeconds: 0,
      summary: 'The counter of a passkey in {{ $labels.region }} went back',
      description:
        'Two authenticators have the same key, one of them perhaps a thief’s; or an authenticator counts wrongly (WebAuthn §6.1.1).',
    },
    {
      alert: 'PasskeyCopiesOutdated',
      severity: 'ticket',
      expr: `${ratio(stale, refreshes).text} > 0.5`,
      forSeconds: 15 * minute,
      summary:
        '{{ $value | humanizePercentage }} of the copies of passkeys in {{ $labels.region }} cannot be read again',
      description:
        'People sign in with what their objects remember; a key that was deleted in Postgres alone still opens.',
    },
    {
      alert: 'BreachedPasswordsUnchecked',
      severity: 'ticket',
      expr: `${ratio(unchecked, checks).text} > 0.5`,
      forSeconds: hour,
      summary:
        '{{ $value | humanizePercentage }} of the look-ups of breached passwords from {{ $labels.region }} fail',
      description: 'Passwords pass unchecked while this lasts.',
    },
  ]
}

function deliveryAlerts(clock: Clock): readonly CauseAlert[] {
  // Attempts are at most two minutes apart while a provider is down.
  const recent = createQueries(clock.duration(10 * minute))
  const tried = sumBy(
    recent.rate('authly_messages_total', { outcome: '=~sent|refused|failed' }),
    ...(['region', 'channel'] as const),
  )
  const failed = sumBy(
    recent.rate('authly_messages_total', { outcome: '=failed' }),
    ...(['region', 'channel'] as const),
  )
  // Attempts are an hour apart while a client is down for long.
  const lastHour = createQueries(clock.duration(hour))
  const told = sumBy(
    lastHour.rate('authly_logout_deliveries_total', { outcome: '=~delivered|refused|given_up|failed' }),
    'region',
  )
  const untaken = sumBy(
    lastHour.rate('authly_logout_deliveries_total', { outcome: '=~refused|given_up|failed' }),
    'region',
  )
  return [
    {
      alert: 'MessagesNotSent',
      severity: 'page',
      expr: `${ratio(failed, tried).text} > 0.5`,
      forSeconds: 10 * minute,
      summary:
        '{{ $value | humanizePercentage }} of the attempts to send messages ({{ $labels.channel }}) from {{ $labels.region }} fail',
      description:
        'Links and codes do not arrive. They are sent when the provider takes them, unless they expire.',
    },
    {
      alert: 'LogoutsNotDelivered',
      severity: 'ticket',
      expr: `${ratio(untaken, told).text} > 0.5`,
      forSeconds: 30 * minute,
      summary:
        '{{ $value | humanizePercentage }} of the attempts to tell clients of sign-outs from {{ $labels.region }} fail',
      description:
        'People who signed out are still signed in to applications. Those are told when they answer, for a day.',
    },
  ]
}

function webhookAlerts(clock: Clock): readonly CauseAlert[] {
  const recent = createQueries(clock.duration(10 * minute))
  const lastHour = createQueries(clock.duration(hour))
  const enabled = maxBy(recent.gauge('authly_webhook_endpoints', { state: '=enabled' }), 'region')
  const stopped = maxBy(recent.gauge('authly_webhook_endpoints', { state: '=stopped' }), 'region')
  const looks = sumBy(recent.rate('authly_webhook_dispatches_total', { outcome: '=success' }), 'region')
  const tried = sumBy(
    lastHour.rate('authly_webhook_deliveries_total', { outcome: '=~delivered|failed' }),
    'region',
  )
  const failed = sumBy(lastHour.rate('authly_webhook_deliveries_total', { outcome: '=failed' }), 'region')
  return [
    {
      alert: 'WebhookDispatchStopped',
      severity: 'page',
      expr: `${enabled.text} > 0 unless ${looks.text} > 0`,
      forSeconds: 10 * minute,
      summary: 'Events of {{ $labels.region }} reach no webhook endpoint',
      description: 'Nothing is lost: the trail has them, and they are sent when the dispatcher goes on.',
    },
    {
      alert: 'WebhookEndpointStopped',
      severity: 'ticket',
      expr: `${stopped.text} > 0`,
      forSeconds: 0,
      summary: '{{ $value }} webhook endpoints of {{ $labels.region }} were disabled by the server',
      description:
        'They answered 410, took nothing for five days, or nobody answers for them any more. What they miss can be replayed.',
    },
    {
      alert: 'WebhooksNotDelivered',
      severity: 'ticket',
      expr: `${ratio(failed, tried).text} > 0.5`,
      forSeconds: 30 * minute,
      summary:
        '{{ $value | humanizePercentage }} of the attempts to deliver webhooks from {{ $labels.region }} fail',
      description: 'Applications do not learn what happened. Each event is tried again for three days.',
    },
  ]
}

function abuseAlerts(clock: Clock): readonly CauseAlert[] {
  const recent = createQueries(clock.duration(10 * minute))
  const attempts = sumBy(recent.rate('authly_sign_ins_total', { outcome: '!=next' }), 'region')
  const bad = sumBy(recent.rate('authly_sign_ins_total', { outcome: '=~refused|locked' }), 'region')
  const limited = sumBy(recent.rate('authly_rate_limited_total'), 'region', 'policy')
  const begun = sumBy(recent.rate('authly_registrations_total', { method: '=address' }), 'region')
  const stopped = sumBy(
    recent.rate('authly_registrations_total', { method: '=address', outcome: '=~challenged|limited' }),
    'region',
  )
  // The cap of a day lets few through once it is reached.
  const lastHour = createQueries(clock.duration(hour))
  // Codes alone: a text message that tells of a recovery is answered by nobody.
  const texted = sumBy(lastHour.rate('authly_codes_issued_total', { channel: '=sms' }), 'region')
  const typed = sumBy(
    lastHour.rate('authly_sign_ins_total', { method: '=sms_code', outcome: '=success' }),
    'region',
  )
  const capped = sumBy(recent.rate('authly_rate_limited_total', { policy: '=sms-day' }), 'region')
  return [
    {
      alert: 'SignInsRefused',
      severity: 'ticket',
      expr: `${ratio(bad, attempts).text} > 0.8 and ${bad.text} > 1`,
      forSeconds: 10 * minute,
      summary: '{{ $value | humanizePercentage }} of the sign-ins in {{ $labels.region }} are refused',
      description: 'Somebody tries passwords, or a change broke sign-in for everyone.',
    },
    {
      alert: 'RegistrationAbuse',
      severity: 'ticket',
      expr: `${ratio(stopped, begun).text} > 0.5 and ${stopped.text} > 0.2`,
      forSeconds: 10 * minute,
      summary:
        '{{ $value | humanizePercentage }} of the registrations begun in {{ $labels.region }} are challenged or limited',
      description:
        'A program makes accounts, or writes to strangers by us; or a campaign brings many people at once.',
    },
    {
      alert: 'SmsPumping',
      severity: 'ticket',
      expr: `${texted.text} > 0.01 and ${ratio(orZero(typed, texted), texted).text} < 0.3`,
      forSeconds: 10 * minute,
      summary:
        '{{ $value | humanizePercentage }} of the codes that {{ $labels.region }} sends by text message lead to a sign-in',
      description:
        'A program has us send text messages to numbers whose operator pays it; or they do not arrive.',
    },
    {
      alert: 'SmsCapReached',
      severity: 'page',
      expr: `${capped.text} > 0`,
      forSeconds: 0,
      summary: 'The text messages of a day are used up in {{ $labels.region }}',
      description: 'Whoever needs a code by text message cannot sign in. Somebody may have used them up.',
    },
    {
      alert: 'RateLimited',
      severity: 'ticket',
      expr: `${limited.text} > 1`,
      forSeconds: 10 * minute,
      summary:
        'The limit {{ $labels.policy }} of {{ $labels.region }} refuses {{ $value | humanize }} requests a second',
      description: 'An attack, a client that repeats itself, or a limit that is too low for honest use.',
    },
  ]
}
