/** Causes: each alert fires at what it is for, and not a little below that. */
import { type AlertCase, counter, type Firing, gauge, histogram, type Series } from './alert-case.ts'

const severities: Readonly<Record<string, Firing['severity']>> = {
  ServerNotScraped: 'page',
  PostgresUnavailable: 'page',
  AuditEventsLost: 'page',
  AuditChainBroken: 'page',
  ClientSecretExpired: 'page',
  SecondFactorsRefused: 'page',
  MessagesNotSent: 'page',
  WebhookDispatchStopped: 'page',
  SmsCapReached: 'page',
}

/** Two hours of a sample a minute, looked at after the first. */
const samples = 120

const caseOf = (
  alert: string,
  title: string,
  series: readonly Series[],
  firing: readonly Firing[],
): AlertCase => ({
  ...{ alert, title, series, firing },
  ...{ everyMinutes: 1, evaluatedEveryMinutes: 5, atMinute: 100 },
})

const fires = (alert: string, title: string, ...series: readonly Series[]): AlertCase =>
  caseOf(alert, title, series, [{ alert, severity: severities[alert] ?? 'ticket' }])

const doesNot = (alert: string, title: string, ...series: readonly Series[]): AlertCase =>
  caseOf(alert, title, series, [])

const calls = (object: string, perMinute: number, quick: number) =>
  histogram('authly_object_call_duration_seconds', { object, method: 'checkSession', outcome: 'success' }, [
    { perSample: perMinute, below: { '0.1': quick }, samples },
  ])

const trips = (outcome: string, perMinute: number, quick: number) =>
  histogram('authly_postgres_round_trip_duration_seconds', { kind: 'query', outcome }, [
    { perSample: perMinute, below: { '0.1': quick, '0.2': 1 }, samples },
  ])

const reads = (tier: string, result: string, perMinute: number) =>
  counter('authly_cache_reads_total', { cache: 'client', tier, result, area: 'public' }, [
    [perMinute, samples],
  ])

const signIns = (outcome: string, perMinute: number) =>
  counter('authly_sign_ins_total', { method: 'password', outcome }, [[perMinute, samples]])

const secondFactors = (method: string, outcome: string, perMinute: number) =>
  counter('authly_sign_ins_total', { method, outcome }, [[perMinute, samples]])

const recoveries = (outcome: string, perMinute: number) =>
  counter('authly_recoveries_total', { outcome }, [[perMinute, samples]])

const passkeys = (outcome: string, increments: Parameters<typeof counter>[2]) =>
  counter('authly_passkey_verifications_total', { outcome }, increments)

const copies = (outcome: string, perMinute: number) =>
  counter('authly_passkey_copy_refreshes_total', { outcome }, [[perMinute, samples]])

const lookUps = (outcome: string, perMinute: number) =>
  counter('authly_breached_password_checks_total', { outcome }, [[perMinute, samples]])

const steps = (outcome: string, perMinute: number) =>
  counter('authly_job_steps_total', { kind: 'import-users', outcome }, [[perMinute, samples]])

const constant = (metric: Parameters<typeof gauge>[0], labels: Record<string, string>, value: number) =>
  gauge(metric, labels, [[value, samples]])

const day = 86_400
/** promtool counts time from 0: this is the moment at which the cases are looked at. */
const now = 100 * 60

const server: readonly AlertCase[] = [
  {
    ...fires(
      'ServerNotScraped',
      'the server does not answer the scrape',
      gauge('up', {}, [
        [1, 60],
        [0, 60],
      ]),
    ),
  },
  {
    ...fires('ServerNotScraped', 'no server is scraped'),
    series: [{ series: 'up{job="other"}', values: '1+0x119' }],
  },
  doesNot(
    'ServerNotScraped',
    'one scrape has failed',
    gauge('up', {}, [
      [1, 99],
      [0, 1],
      [1, 20],
    ]),
  ),
  fires('HotObject', 'a tenth of 20 calls a second is slow', ...calls('UserSessions', 1200, 0.9)),
  doesNot('HotObject', 'two of a hundred calls are slow', ...calls('UserSessions', 1200, 0.98)),
  doesNot('HotObject', 'a tenth of few calls is slow', ...calls('Job', 120, 0.9)),
  fires(
    'CacheMisses',
    'four of ten reads go to Postgres',
    ...[reads('memory', 'hit', 600), reads('memory', 'miss', 400), reads('postgres', 'hit', 400)],
  ),
  doesNot(
    'CacheMisses',
    'one of ten does, most misses of memory are hits of the replica',
    ...[reads('memory', 'hit', 600), reads('memory', 'miss', 400), reads('postgres', 'hit', 100)],
  ),
  doesNot(
    'CacheMisses',
    'hardly anything is read',
    reads('memory', 'miss', 10),
    reads('postgres', 'hit', 10),
  ),
]

const postgres: readonly AlertCase[] = [
  fires('PostgresSlow', 'most round trips are slow', ...trips('success', 60, 0.4)),
  doesNot('PostgresSlow', 'some round trips are slow', ...trips('success', 60, 0.7)),
  fires(
    'PostgresUnavailable',
    'a third of the round trips fail',
    ...trips('success', 40, 1),
    ...trips('failed', 20, 1),
  ),
  fires('PostgresUnavailable', 'Postgres does not answer the gauges', constant('authly_postgres_up', {}, 0)),
  doesNot(
    'PostgresUnavailable',
    'a tenth of the round trips fails, many are refused by a rule',
    ...[...trips('success', 90, 1), ...trips('failed', 10, 1), ...trips('refused', 50, 1)],
    constant('authly_postgres_up', {}, 1),
  ),
  doesNot(
    'PostgresUnavailable',
    'it refuses audit events, which are sent again and again',
    ...[...trips('success', 40, 1), ...trips('failed', 30, 1)],
    counter('authly_outbox_deliveries_total', { outcome: 'failed' }, [[28, samples]]),
  ),
  fires(
    'PostgresConnectionsExhausted',
    '90 of 100 connections are open',
    constant('authly_postgres_connections', { state: 'active' }, 60),
    constant('authly_postgres_connections', { state: 'idle' }, 30),
    constant('authly_postgres_connections_limit', {}, 100),
  ),
  doesNot(
    'PostgresConnectionsExhausted',
    '70 of 100 connections are open',
    constant('authly_postgres_connections', { state: 'active' }, 70),
    constant('authly_postgres_connections_limit', {}, 100),
  ),
]

const audit: readonly AlertCase[] = [
  fires(
    'OutboxStuck',
    'an event waits for twenty minutes',
    constant('authly_outbox_oldest_age_seconds', { outbox: 'shard-3' }, 1200),
  ),
  doesNot(
    'OutboxStuck',
    'events wait for half a minute',
    constant('authly_outbox_oldest_age_seconds', { outbox: 'shard-3' }, 30),
  ),
  fires(
    'AuditEventsLost',
    'ten events were dropped',
    counter('authly_audit_events_lost_total', {}, [
      [0, 80],
      [10, 1],
      [0, 39],
    ]),
  ),
  doesNot('AuditEventsLost', 'none was', counter('authly_audit_events_lost_total', {}, [[0, samples]])),
  fires(
    'AuditNotSealed',
    'an event has not been sealed for an hour',
    constant('authly_audit_sealing_lag_seconds', {}, 3600),
  ),
  doesNot(
    'AuditNotSealed',
    'the cron job will run soon',
    constant('authly_audit_sealing_lag_seconds', {}, 290),
  ),
  fires('AuditChainBroken', 'a checkpoint is not ours', constant('authly_audit_chain_broken', {}, 1)),
  doesNot('AuditChainBroken', 'all checkpoints are ours', constant('authly_audit_chain_broken', {}, 0)),
]

const background: readonly AlertCase[] = [
  fires(
    'CronJobOverdue',
    'a job last succeeded 40 minutes ago',
    constant('authly_cron_last_success_timestamp_seconds', { task: 'rotate-keys' }, now - 2400),
  ),
  doesNot(
    'CronJobOverdue',
    'it did six minutes ago',
    constant('authly_cron_last_success_timestamp_seconds', { task: 'rotate-keys' }, now - 360),
  ),
  fires(
    'JobStuck',
    'a job runs and no step succeeds',
    constant('authly_jobs', { kind: 'import-users', state: 'running' }, 1),
    steps('postponed', 2),
  ),
  doesNot(
    'JobStuck',
    'its steps succeed',
    constant('authly_jobs', { kind: 'import-users', state: 'running' }, 1),
    steps('success', 2),
  ),
  doesNot('JobStuck', 'it has ended', constant('authly_jobs', { kind: 'import-users', state: 'failed' }, 1)),
  fires('JobStepsFail', 'steps fail', steps('failed', 1)),
  doesNot('JobStepsFail', 'steps are postponed', steps('postponed', 1), steps('success', 1)),
]

const secret = (client_id: string, seconds: number) =>
  constant('authly_client_secret_expiry_timestamp_seconds', { client_id }, now + seconds)

const keys: readonly AlertCase[] = [
  fires('ClientSecretExpires', 'in ten days', secret('shop', 10 * day)),
  doesNot('ClientSecretExpires', 'in twenty days', secret('shop', 20 * day)),
  fires('ClientSecretExpired', 'an hour ago', secret('shop', -3600)),
  caseOf(
    'ClientSecretExpired',
    'of two clients',
    [secret('shop', -3600), secret('mail', -60)],
    [{ alert: 'ClientSecretExpired', severity: 'page', count: 2 }],
  ),
  doesNot('ClientSecretExpired', 'in twenty days', secret('shop', 20 * day)),
  fires(
    'SigningKeyOverdue',
    'a key has signed for 100 days',
    constant('authly_signing_key_age_seconds', { alg: 'ES256', state: 'current' }, 100 * day),
  ),
  doesNot(
    'SigningKeyOverdue',
    'for 91 days, and a retired one is older',
    constant('authly_signing_key_age_seconds', { alg: 'ES256', state: 'current' }, 91 * day),
    constant('authly_signing_key_age_seconds', { alg: 'ES256', state: 'retired' }, 190 * day),
  ),
]

const factors: readonly AlertCase[] = [
  fires(
    'SecondFactorsRefused',
    'most of twenty codes a minute are wrong, most sign-ins succeed',
    ...[secondFactors('totp', 'refused', 18), secondFactors('totp', 'success', 4)],
    ...[secondFactors('recovery_code', 'refused', 2), signIns('success', 200)],
  ),
  doesNot(
    'SecondFactorsRefused',
    'one of three is mistyped',
    ...[secondFactors('totp', 'refused', 30), secondFactors('totp', 'success', 60)],
  ),
  doesNot(
    'SecondFactorsRefused',
    'passwords are wrong, of few codes half',
    ...[signIns('refused', 50), signIns('success', 50)],
    ...[secondFactors('totp', 'refused', 3), secondFactors('totp', 'success', 1)],
  ),
  fires(
    'RecoveriesAbandoned',
    'sixty a minute are begun, and two end',
    ...[recoveries('begun', 60), recoveries('completed', 1), recoveries('without_factors', 1)],
  ),
  fires('RecoveriesAbandoned', 'none of them ends', recoveries('begun', 60), recoveries('completed', 0)),
  doesNot(
    'RecoveriesAbandoned',
    'many are begun after a campaign, and half of them end',
    ...[recoveries('begun', 60), recoveries('completed', 30)],
  ),
  doesNot(
    'RecoveriesAbandoned',
    'few are begun, and none ends',
    ...[recoveries('begun', 10), recoveries('completed', 0)],
  ),
  fires(
    'PasskeyCounterRegressed',
    'one did',
    passkeys('success', [[30, samples]]),
    passkeys('counter_regressed', [
      [0, 80],
      [1, 1],
      [0, 39],
    ]),
  ),
  doesNot(
    'PasskeyCounterRegressed',
    'passkeys are refused for other reasons',
    ...[passkeys('success', [[30, samples]]), passkeys('refused', [[5, samples]])],
    passkeys('counter_regressed', [[0, samples]]),
  ),
  fires('PasskeyCopiesOutdated', 'most are not read again', copies('success', 2), copies('failed', 8)),
  doesNot('PasskeyCopiesOutdated', 'one of ten is not', copies('success', 9), copies('failed', 1)),
  fires('BreachedPasswordsUnchecked', 'no look-up is answered', lookUps('failed', 3)),
  doesNot(
    'BreachedPasswordsUnchecked',
    'most are answered, and many passwords are found',
    ...[lookUps('found', 5), lookUps('not_found', 5), lookUps('failed', 2)],
  ),
]

const messages = (outcome: string, perMinute: number) =>
  counter('authly_messages_total', { channel: 'email', outcome }, [[perMinute, samples]])

const logouts = (outcome: string, perMinute: number) =>
  counter('authly_logout_deliveries_total', { outcome }, [[perMinute, samples]])

const delivery: readonly AlertCase[] = [
  fires(
    'LogoutsNotDelivered',
    'a client that many are signed in to is down',
    logouts('delivered', 1),
    logouts('failed', 3),
  ),
  fires('LogoutsNotDelivered', 'it refuses what it is told', logouts('refused', 2)),
  doesNot('LogoutsNotDelivered', 'most are taken', logouts('delivered', 3), logouts('failed', 1)),
  fires('MessagesNotSent', 'the provider takes nothing', messages('queued', 4), messages('failed', 2)),
  doesNot(
    'MessagesNotSent',
    'one attempt of four fails, and one address of four is refused',
    ...[messages('sent', 2), messages('refused', 1), messages('failed', 1)],
  ),
]

const endpoints = (state: string, count: number) => constant('authly_webhook_endpoints', { state }, count)

const webhookDeliveries = (outcome: string, perMinute: number) =>
  counter('authly_webhook_deliveries_total', { outcome }, [[perMinute, samples]])

const looks = (outcome: string, perMinute: number) =>
  counter('authly_webhook_dispatches_total', { outcome }, [[perMinute, samples]])

const webhooks: readonly AlertCase[] = [
  fires('WebhookDispatchStopped', 'no look succeeds', endpoints('enabled', 2), looks('failed', 1)),
  fires('WebhookDispatchStopped', 'nobody looks', endpoints('enabled', 1), looks('success', 0)),
  doesNot('WebhookDispatchStopped', 'looks succeed', endpoints('enabled', 1), looks('success', 4)),
  doesNot('WebhookDispatchStopped', 'there is no endpoint', endpoints('enabled', 0), looks('success', 0)),
  fires('WebhookEndpointStopped', 'one answered 410', endpoints('stopped', 1)),
  doesNot(
    'WebhookEndpointStopped',
    'an administrator did it',
    endpoints('stopped', 0),
    endpoints('disabled', 3),
  ),
  fires(
    'WebhooksNotDelivered',
    'the busiest endpoint is down',
    ...[webhookDeliveries('delivered', 1), webhookDeliveries('failed', 3)],
  ),
  doesNot(
    'WebhooksNotDelivered',
    'most are taken',
    ...[webhookDeliveries('delivered', 3), webhookDeliveries('failed', 1)],
  ),
]

const registrations = (outcome: string, perMinute: number) =>
  counter('authly_registrations_total', { method: 'address', outcome }, [[perMinute, samples]])

/** Codes by text message, with what is counted of their messages. */
const texts = (perMinute: number) => [
  counter('authly_codes_issued_total', { channel: 'sms' }, [[perMinute, samples]]),
  queuedTexts(perMinute),
]
const queuedTexts = (perMinute: number) =>
  counter('authly_messages_total', { channel: 'sms', outcome: 'queued' }, [[perMinute, samples]])

const limited = (policy: string, perMinute: number) =>
  counter('authly_rate_limited_total', { policy }, [[perMinute, samples]])

const abuse: readonly AlertCase[] = [
  fires('SmsPumping', 'two a minute are sent, and nobody enters a code', ...texts(2)),
  fires(
    'SmsPumping',
    'one of four is entered',
    ...[...texts(4), secondFactors('sms_code', 'success', 1), secondFactors('sms_code', 'next', 4)],
  ),
  doesNot(
    'SmsPumping',
    'one of two is entered',
    ...[...texts(4), secondFactors('sms_code', 'success', 2), secondFactors('sms_code', 'next', 4)],
  ),
  doesNot('SmsPumping', 'a few people ask and give up', ...texts(0.5)),
  doesNot('SmsPumping', 'people are told of recoveries', queuedTexts(10)),
  fires('SmsCapReached', 'the cap refuses', limited('sms-day', 1)),
  doesNot('SmsCapReached', 'a person is at theirs', limited('sms-user', 10)),
  fires(
    'RegistrationAbuse',
    'most who begin are challenged',
    ...[registrations('challenged', 30), registrations('limited', 5), registrations('next', 10)],
  ),
  doesNot(
    'RegistrationAbuse',
    'one of three is',
    ...[registrations('challenged', 30), registrations('next', 60)],
  ),
  doesNot('RegistrationAbuse', 'an office registers', registrations('challenged', 5)),
  fires(
    'SignInsRefused',
    'five a second fail, one of thirty succeeds',
    signIns('refused', 280),
    signIns('locked', 20),
    signIns('success', 10),
  ),
  doesNot('SignInsRefused', 'one of three fails', signIns('refused', 100), signIns('success', 200)),
  doesNot('SignInsRefused', 'one person has forgotten a password', signIns('refused', 5)),
  fires('RateLimited', 'a limit refuses two requests a second', limited('login-ip', 120)),
  doesNot('RateLimited', 'a limit refuses one now and then', limited('login-ip', 10)),
]

export const causeCases: readonly AlertCase[] = [
  ...[
    ...server,
    ...postgres,
    ...audit,
    ...background,
    ...keys,
    ...factors,
    ...delivery,
    ...webhooks,
    ...abuse,
  ],
]
