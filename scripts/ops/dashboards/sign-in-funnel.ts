import { quantileBy, ratio, sumBy } from '../promql.ts'
import { secondFactors } from '../second-factors.ts'
import type { Dashboard, Panel } from './panel.ts'
import { selected } from './selected.ts'

const http = 'authly_http_request_duration_seconds'
const signIns = 'authly_sign_ins_total'

/** The steps in the order in which a person takes them. */
const steps: readonly [string, string][] = [
  ['Authorization requests', sumBy(selected.observed(http, { route: '=/oauth/authorize' })).text],
  ['Sign-in page', sumBy(selected.observed(http, { route: '=/login', method: '=GET' })).text],
  ['Sign-in attempts', sumBy(selected.rate(signIns, { outcome: '!=next' })).text],
  ['Signed in', sumBy(selected.rate(signIns, { outcome: '=success' })).text],
  [
    'Codes redeemed',
    sumBy(
      selected.rate('authly_token_requests_total', {
        grant_type: '=authorization_code',
        outcome: '=success',
      }),
    ).text,
  ],
]

const funnel: readonly Panel[] = [
  {
    title: 'The way to a token',
    description:
      'Each step per second. Who has a session goes from the authorization request straight to the code, so that the last step may be above those between.',
    unit: 'reqps',
    width: 16,
    targets: steps.map(([legend, expr], index) => ({ expr, legend: `${index + 1} ${legend}` })),
  },
  {
    title: 'Sign-ins that succeed',
    description:
      'Share of the attempts. People mistype: 70 to 95 % are usual. A sudden fall is an attack or a fault.',
    unit: 'percentunit',
    targets: [
      {
        expr: ratio(
          sumBy(selected.rate(signIns, { outcome: '=success' }), 'region'),
          sumBy(selected.rate(signIns, { outcome: '!=next' }), 'region'),
        ).text,
        legend: '{{region}}',
      },
    ],
  },
]

const attempts: readonly Panel[] = [
  {
    title: 'Sign-ins by step',
    description: 'Attempts per second: of passwords, passkeys, second factors.',
    unit: 'reqps',
    targets: [{ expr: sumBy(selected.rate(signIns), 'method').text, legend: '{{method}}' }],
  },
  {
    title: 'Sign-ins by outcome',
    description:
      'Next: another step follows. Locked: after failures of that account. Limited: of that address. Busy: more passwords at once than can be hashed. Lost: begun too long ago. Full: too many sessions.',
    unit: 'reqps',
    targets: [{ expr: sumBy(selected.rate(signIns), 'outcome').text, legend: '{{outcome}}' }],
  },
  {
    title: 'Time to sign in',
    description: 'Of the request that carries the password. Most of it is the hash.',
    unit: 's',
    targets: [0.5, 0.95, 0.99].map((q) => ({
      expr: quantileBy(q, selected.buckets(http, { route: '=/login', method: '=POST' })).text,
      legend: `p${q * 100}`,
    })),
  },
]

const noneYet = 'nobody has used it since the server started'

const factors: readonly Panel[] = [
  {
    title: 'Second factors',
    description:
      'One-time passwords and recovery codes per second, by outcome. Recovery codes are rare: many are a fault, or a theft.',
    unit: 'reqps',
    targets: [
      {
        expr: sumBy(selected.rate(signIns, { method: secondFactors }), 'method', 'outcome').text,
        legend: '{{method}} {{outcome}}',
      },
    ],
    emptyBecause: noneYet,
  },
  {
    title: 'Sign-ins of several steps',
    description: 'Completed, and dropped after too many failures of a step; per second.',
    unit: 'reqps',
    targets: [
      { expr: sumBy(selected.rate('authly_pending_sign_ins_total'), 'outcome').text, legend: '{{outcome}}' },
    ],
    emptyBecause: noneYet,
  },
  {
    title: 'Passkeys',
    description:
      'Verified per second, by outcome. A counter that went back is a copied key, or an authenticator that counts wrongly.',
    unit: 'reqps',
    targets: [
      {
        expr: sumBy(selected.rate('authly_passkey_verifications_total'), 'outcome').text,
        legend: '{{outcome}}',
      },
    ],
    emptyBecause: noneYet,
  },
  {
    title: 'Copies of passkeys read again',
    description:
      'Per second. While Postgres is away they fail, and people sign in with the copies that objects have.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_passkey_copy_refreshes_total'), 'region', 'outcome').text,
        legend: '{{region}} {{outcome}}',
      },
    ],
    emptyBecause: noneYet,
  },
  {
    title: 'Breached passwords',
    description:
      'Look-ups per second. A failed one lets the password pass: the next sign-in with it asks again.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_breached_password_checks_total'), 'outcome').text,
        legend: '{{outcome}}',
      },
    ],
    emptyBecause: 'passwords are looked up only where the deployment names a list',
  },
]

const pages: readonly Panel[] = [
  {
    title: 'Pages',
    description: 'Hosted pages by route, per second.',
    unit: 'reqps',
    targets: [
      {
        expr: sumBy(
          selected.observed(http, { route: '=~/login.*|/consent.*|/account.*|/password.*|/select-account' }),
          'route',
          'method',
        ).text,
        legend: '{{method}} {{route}}',
      },
    ],
  },
  {
    title: 'Pages that refuse',
    description: 'Wrong passwords, requests that were tampered with, expired links; per second.',
    unit: 'reqps',
    targets: [
      {
        expr: sumBy(
          selected.observed(http, {
            route: '=~/oauth/authorize|/login.*|/consent.*|/account.*|/password.*|/select-account',
            outcome: '=~refused|limited',
          }),
          'route',
          'outcome',
        ).text,
        legend: '{{route}} {{outcome}}',
      },
    ],
  },
  {
    title: 'Consents and sessions in the trail',
    description: 'Audit events of these classes per second.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(
          selected.rate('authly_audit_events_total', { type_class: '=~consent|authentication' }),
          'type_class',
          'outcome',
        ).text,
        legend: '{{type_class}} {{outcome}}',
      },
    ],
  },
]

export const signInFunnel: Dashboard = {
  uid: 'authly-sign-in-funnel',
  title: 'Authly: sign-in funnel',
  description: 'Where people are lost between an application’s request and its token.',
  rows: [
    { title: 'Funnel', panels: funnel },
    { title: 'Attempts', panels: attempts },
    { title: 'Passkeys and second factors', panels: factors },
    { title: 'Pages', panels: pages },
  ],
}
