import { maxBy, quantileBy, sumBy } from '../promql.ts'
import type { Dashboard, Panel } from './panel.ts'
import { selected } from './selected.ts'

const outboxes: readonly Panel[] = [
  {
    title: 'Events that wait',
    description: 'In each shard of the audit outbox. They leave within seconds.',
    unit: 'short',
    targets: [
      {
        expr: sumBy(selected.gauge('authly_outbox_events'), 'region', 'outbox').text,
        legend: '{{region}} {{outbox}}',
      },
    ],
  },
  {
    title: 'Age of the oldest event',
    description: 'Above ten minutes an outbox is stuck.',
    unit: 's',
    limit: { value: 600 },
    targets: [
      {
        expr: maxBy(selected.gauge('authly_outbox_oldest_age_seconds'), 'region', 'outbox').text,
        legend: '{{region}} {{outbox}}',
      },
    ],
  },
  {
    title: 'Events delivered',
    description: 'Per second, from the outboxes of users and from the shards.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_outbox_delivered_events_total'), 'region').text,
        legend: '{{region}}',
      },
    ],
  },
  {
    title: 'Deliveries',
    description: 'Batches per second. A failed one is sent again.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_outbox_deliveries_total'), 'region', 'outcome').text,
        legend: '{{region}} {{outcome}}',
      },
    ],
  },
]

const messages: readonly Panel[] = [
  {
    title: 'Messages',
    description: 'To people, per second, by how each ended. `failed` are attempts that are repeated.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_messages_total'), 'channel', 'outcome').text,
        legend: '{{channel}} {{outcome}}',
      },
    ],
  },
  {
    title: 'Time until a provider takes a message',
    description: 'Seconds, while the provider is up.',
    unit: 's',
    targets: [
      {
        expr: quantileBy(0.95, selected.buckets('authly_message_delay_seconds'), 'channel').text,
        legend: 'p95 {{channel}}',
      },
    ],
  },
]

const logouts: readonly Panel[] = [
  {
    title: 'Back-channel logouts',
    description: 'To clients, per second, by how each ended. `failed` are attempts that are repeated.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_logout_deliveries_total'), 'region', 'outcome').text,
        legend: '{{region}} {{outcome}}',
      },
    ],
  },
]

const webhooks: readonly Panel[] = [
  {
    title: 'Webhooks',
    description:
      'Events for endpoints, per second, by how each ended. `failed` are attempts that are repeated.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_webhook_deliveries_total'), 'region', 'outcome').text,
        legend: '{{region}} {{outcome}}',
      },
    ],
  },
  {
    title: 'Time until an endpoint takes an event',
    description: 'Seconds; while an endpoint is down, its events wait.',
    emptyBecause: 'no webhook endpoint gets events',
    unit: 's',
    targets: [
      { expr: quantileBy(0.95, selected.buckets('authly_webhook_delay_seconds')).text, legend: 'p95' },
      {
        expr: quantileBy(0.95, selected.buckets('authly_webhook_duration_seconds')).text,
        legend: 'p95 of the answer',
      },
    ],
  },
  {
    title: 'Webhook endpoints',
    description: '`stopped`: disabled by the server, see its reason there.',
    unit: 'none',
    targets: [
      {
        expr: maxBy(selected.gauge('authly_webhook_endpoints'), 'region', 'state').text,
        legend: '{{region}} {{state}}',
      },
    ],
  },
]

const outside: readonly Panel[] = [
  {
    title: 'Requests to others',
    description: 'Keys of clients and sector identifiers, fetched from their hosts; per second.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.observed('authly_outgoing_request_duration_seconds'), 'outcome').text,
        legend: '{{outcome}}',
      },
    ],
  },
  {
    title: 'Latency of requests to others',
    description: 'A slow host holds up only the clients that use it.',
    unit: 's',
    targets: [
      {
        expr: quantileBy(0.95, selected.buckets('authly_outgoing_request_duration_seconds')).text,
        legend: 'p95',
      },
    ],
  },
  {
    title: 'Isolates that count',
    description: 'Those that handed over metrics in the last minute.',
    unit: 'none',
    targets: [
      { expr: maxBy(selected.gauge('authly_metrics_isolates'), 'region').text, legend: '{{region}}' },
    ],
  },
]

export const queues: Dashboard = {
  uid: 'authly-queues',
  title: 'Authly: queues',
  description: 'What waits to be delivered, and what depends on others.',
  rows: [
    { title: 'Outboxes', panels: outboxes },
    { title: 'Messages', panels: messages },
    { title: 'Logouts', panels: logouts },
    { title: 'Webhooks', panels: webhooks },
    { title: 'Others', panels: outside },
  ],
}
