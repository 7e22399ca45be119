import { maxBy, sumBy } from '../promql.ts'
import type { Dashboard, Panel } from './panel.ts'
import { selected } from './selected.ts'

const events = 'authly_audit_events_total'

const sealing: readonly Panel[] = [
  {
    title: 'Chain of checkpoints',
    description: '0: every checkpoint was built on one that this server signed. 1: treat it as a break-in.',
    type: 'stat',
    unit: 'none',
    limit: { value: 1 },
    targets: [
      { expr: maxBy(selected.gauge('authly_audit_chain_broken'), 'region').text, legend: '{{region}}' },
    ],
  },
  {
    title: 'Events not sealed',
    description:
      'Positions of the trail that no checkpoint covers yet. The cron job seals them every five minutes.',
    unit: 'short',
    targets: [
      { expr: maxBy(selected.gauge('authly_audit_unsealed_events'), 'region').text, legend: '{{region}}' },
    ],
  },
  {
    title: 'Sealing lag',
    description: 'Age of the oldest event that is not sealed.',
    unit: 's',
    limit: { value: 1800 },
    targets: [
      {
        expr: maxBy(selected.gauge('authly_audit_sealing_lag_seconds'), 'region').text,
        legend: '{{region}}',
      },
    ],
  },
]

const trail: readonly Panel[] = [
  {
    title: 'Events by class',
    description: 'Recorded per second.',
    unit: 'ops',
    targets: [{ expr: sumBy(selected.rate(events), 'type_class').text, legend: '{{type_class}}' }],
  },
  {
    title: 'Events by outcome',
    description: 'Of what they record.',
    unit: 'ops',
    targets: [{ expr: sumBy(selected.rate(events), 'outcome').text, legend: '{{outcome}}' }],
  },
  {
    title: 'Events lost',
    description: 'Dropped because an isolate could not reach an outbox until its buffer was full.',
    unit: 'ops',
    targets: [
      { expr: sumBy(selected.rate('authly_audit_events_lost_total'), 'region').text, legend: '{{region}}' },
    ],
    emptyBecause: 'no event has been lost',
  },
]

const keys: readonly Panel[] = [
  {
    title: 'Age of signing keys',
    description: 'Since they entered their state. A current key is replaced after 90 days.',
    unit: 's',
    width: 12,
    targets: [
      {
        expr: maxBy(selected.gauge('authly_signing_key_age_seconds'), 'region', 'alg', 'state').text,
        legend: '{{region}} {{alg}} {{state}}',
      },
    ],
  },
  {
    title: 'Client secrets that expire next',
    description: 'When a client loses its last secret, in seconds from now; negative: it has.',
    unit: 's',
    width: 12,
    limit: { value: 14 * 86_400, isFloor: true },
    targets: [
      {
        expr: `bottomk(10, ${maxBy(selected.gauge('authly_client_secret_expiry_timestamp_seconds'), 'region', 'client_id').text} - time())`,
        legend: '{{region}} {{client_id}}',
      },
    ],
    emptyBecause: 'no client loses its last secret within 90 days',
  },
]

export const auditIntegrity: Dashboard = {
  uid: 'authly-audit-integrity',
  title: 'Authly: audit integrity',
  description:
    'Whether the trail is complete, sealed and unbroken, and the keys that it and the tokens rest on.',
  rows: [
    { title: 'Sealing', panels: sealing },
    { title: 'Events', panels: trail },
    { title: 'Keys', panels: keys },
  ],
}
