import { ratio, sumBy } from '../promql.ts'
import type { Dashboard, Panel } from './panel.ts'
import { selected } from './selected.ts'

const http = 'authly_http_request_duration_seconds'
const signIns = 'authly_sign_ins_total'
const tokens = 'authly_token_requests_total'

const passwords: readonly Panel[] = [
  {
    title: 'Sign-ins refused',
    description: 'Wrong passwords and unknown accounts, and attempts while an account is locked; per second.',
    unit: 'reqps',
    targets: [
      {
        expr: sumBy(selected.rate(signIns, { outcome: '=~refused|locked' }), 'region', 'outcome').text,
        legend: '{{region}} {{outcome}}',
      },
    ],
  },
  {
    title: 'Share of sign-ins refused',
    description: 'Above 80 % at more than one a second is an attack, or a change that broke sign-in.',
    unit: 'percentunit',
    limit: { value: 0.8 },
    targets: [
      {
        expr: ratio(
          sumBy(selected.rate(signIns, { outcome: '=~refused|locked' }), 'region'),
          sumBy(selected.rate(signIns, { outcome: '!=next' }), 'region'),
        ).text,
        legend: '{{region}}',
      },
    ],
  },
  {
    title: 'Failures in the trail',
    description:
      'Audit events that record a failure, per second. Repeated ones of a network are counted together.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_audit_events_total', { outcome: '=failure' }), 'type_class').text,
        legend: '{{type_class}}',
      },
    ],
  },
]

const proofs: readonly Panel[] = [
  {
    title: 'Proofs of keys refused',
    description:
      'By DPoP and the like, per second. Clients are told use_dpop_nonce now and then, which is no fault; many invalid proofs are a broken client, a wrong clock, or somebody with stolen tokens.',
    unit: 'reqps',
    emptyBecause: 'no proof was refused',
    targets: [
      {
        expr: sumBy(
          selected.rate('authly_sender_proofs_total', { outcome: '=refused' }),
          'region',
          'kind',
          'error',
        ).text,
        legend: '{{region}} {{kind}} {{error}}',
      },
    ],
  },
]

const recoveries: readonly Panel[] = [
  {
    title: 'Recoveries',
    description:
      'Codes asked for by who forgot a password, and how it went on; per second. Many begun of which few are completed: somebody asks for the codes of others.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_recoveries_total'), 'region', 'outcome').text,
        legend: '{{region}} {{outcome}}',
      },
    ],
  },
]

const registrations: readonly Panel[] = [
  {
    title: 'Registrations begun',
    description: 'Addresses typed, per second: sent a code, asked to solve a challenge, limited, refused.',
    emptyBecause: 'people do not register of themselves',
    unit: 'reqps',
    targets: [
      {
        expr: sumBy(selected.rate('authly_registrations_total', { method: '=address' }), 'region', 'outcome')
          .text,
        legend: '{{region}} {{outcome}}',
      },
    ],
  },
  {
    title: 'Accounts that people made',
    description: 'Per second. Many that begin and few that end are a program.',
    emptyBecause: 'people do not register of themselves',
    unit: 'reqps',
    targets: [
      {
        expr: sumBy(selected.rate('authly_registrations_total', { outcome: '=registered' }), 'region').text,
        legend: '{{region}}',
      },
    ],
  },
]

const texts: readonly Panel[] = [
  {
    title: 'Codes by text message',
    description:
      'Codes that were sent by text message, and sign-ins by them; per second. Many of which few are entered: somebody is paid for them.',
    emptyBecause: 'this deployment sends no text messages',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_codes_issued_total', { channel: '=sms' }), 'region').text,
        legend: '{{region}} sent',
      },
      {
        expr: sumBy(
          selected.rate('authly_sign_ins_total', { method: '=sms_code', outcome: '=success' }),
          'region',
        ).text,
        legend: '{{region}} entered',
      },
    ],
  },
]

const limits: readonly Panel[] = [
  {
    title: 'Rate limits by policy',
    description: 'Requests refused per second. `GET /admin/rate-limits` says what each protects.',
    unit: 'reqps',
    limit: { value: 1 },
    targets: [
      { expr: sumBy(selected.rate('authly_rate_limited_total'), 'policy').text, legend: '{{policy}}' },
    ],
  },
  {
    title: 'Limited requests by route',
    description: 'Answers 429 per second.',
    unit: 'reqps',
    targets: [
      { expr: sumBy(selected.observed(http, { outcome: '=limited' }), 'route').text, legend: '{{route}}' },
    ],
  },
  {
    title: 'Share of requests limited',
    description: 'Honest traffic hardly meets a limit.',
    unit: 'percentunit',
    targets: [
      {
        expr: ratio(
          sumBy(selected.observed(http, { outcome: '=limited' }), 'region'),
          sumBy(selected.observed(http), 'region'),
        ).text,
        legend: '{{region}}',
      },
    ],
  },
]

const programs: readonly Panel[] = [
  {
    title: 'Failed client authentication',
    description:
      'Token requests refused with invalid_client, per second. Which clients they named is in the audit trail (client.authentication_failed): anyone can name any.',
    unit: 'reqps',
    targets: [
      {
        expr: sumBy(selected.rate(tokens, { error: '=invalid_client' }), 'region').text,
        legend: '{{region}}',
      },
    ],
  },
  {
    title: 'Refused codes and refresh tokens',
    description: 'invalid_grant per second. A refresh token that is presented again revokes its family.',
    unit: 'reqps',
    targets: [
      {
        expr: sumBy(selected.rate(tokens, { error: '=invalid_grant' }), 'grant_type', 'client_id').text,
        legend: '{{grant_type}} {{client_id}}',
      },
    ],
  },
  {
    title: 'Refused admin requests',
    description: 'Without a valid token, permission or a fitting request; per second.',
    unit: 'reqps',
    targets: [
      {
        expr: sumBy(selected.observed(http, { route: '=~/admin/.*', outcome: '=refused' }), 'route').text,
        legend: '{{route}}',
      },
    ],
  },
  {
    title: 'Requests to no route',
    description: 'Scanners look for what other software has.',
    unit: 'reqps',
    targets: [
      {
        expr: sumBy(selected.observed(http, { route: '=~.*/[*]' }), 'region', 'route').text,
        legend: '{{region}} {{route}}',
      },
    ],
  },
]

export const abuse: Dashboard = {
  uid: 'authly-abuse',
  title: 'Authly: abuse',
  description: 'Who tries passwords, tokens and addresses, and what the limits do about it.',
  rows: [
    { title: 'Passwords', panels: passwords },
    { title: 'Recoveries', panels: recoveries },
    { title: 'Registration', panels: registrations },
    { title: 'Text messages', panels: texts },
    { title: 'Rate limits', panels: limits },
    { title: 'Bound tokens', panels: proofs },
    { title: 'Programs', panels: programs },
  ],
}
