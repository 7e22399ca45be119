import { orZero, quantileBy, ratio, sumBy } from '../promql.ts'
import type { Dashboard, Panel, Target } from './panel.ts'
import { selected } from './selected.ts'

const http = 'authly_http_request_duration_seconds'
const calls = 'authly_object_call_duration_seconds'
const tokens = 'authly_token_requests_total'
const pushed = 'authly_pushed_requests_total'

const quantiles = (route: `=${string}` | `=~${string}`): readonly Target[] =>
  [0.5, 0.95, 0.99].map((q) => ({
    expr: quantileBy(q, selected.buckets(http, { route })).text,
    legend: `p${q * 100}`,
  }))

const requests: readonly Panel[] = [
  {
    title: 'Requests by route',
    description: 'Per second.',
    unit: 'reqps',
    targets: [{ expr: sumBy(selected.observed(http), 'route').text, legend: '{{route}}' }],
  },
  {
    title: 'Requests by outcome',
    description: 'Refused: the caller’s mistake. Limited: a rate limit. Failed: ours.',
    unit: 'reqps',
    targets: [{ expr: sumBy(selected.observed(http), 'outcome').text, legend: '{{outcome}}' }],
  },
  {
    title: 'Failed requests by route',
    description: 'Answers from 500 on, per second.',
    unit: 'reqps',
    targets: [
      { expr: sumBy(selected.observed(http, { outcome: '=failed' }), 'route').text, legend: '{{route}}' },
    ],
    emptyBecause: 'no request has failed',
  },
]

const latencies: readonly Panel[] = [
  {
    title: 'Latency of token requests',
    description: 'The objective is a p99 below 50 ms.',
    unit: 's',
    limit: { value: 0.05 },
    targets: quantiles('=/oauth/token'),
  },
  {
    title: 'Latency of authorization requests',
    description: 'One call of an object where a session is live.',
    unit: 's',
    targets: quantiles('=/oauth/authorize'),
  },
  {
    title: 'Latency of admin requests',
    description: 'The objective is a p99 below 200 ms.',
    unit: 's',
    limit: { value: 0.2 },
    targets: quantiles('=~/admin/.*'),
  },
]

const tokenRequests: readonly Panel[] = [
  {
    title: 'Tokens by grant type',
    description: 'Answered token requests per second.',
    unit: 'reqps',
    targets: [
      {
        expr: sumBy(selected.rate(tokens, { outcome: '=success' }), 'grant_type').text,
        legend: '{{grant_type}}',
      },
    ],
  },
  {
    title: 'Refused token requests by error',
    description:
      'invalid_client: wrong or expired credentials. invalid_grant: a code or refresh token that is used up.',
    unit: 'reqps',
    targets: [
      { expr: sumBy(selected.rate(tokens, { outcome: '!=success' }), 'error').text, legend: '{{error}}' },
    ],
  },
  {
    title: 'Refused token requests by client',
    description: 'The ten clients with the most.',
    unit: 'reqps',
    targets: [
      {
        expr: `topk(10, ${sumBy(selected.rate(tokens, { outcome: '!=success' }), 'client_id', 'error').text})`,
        legend: '{{client_id}} {{error}}',
      },
    ],
  },
  {
    title: 'Pushed authorization requests',
    description: 'Answered per second, by error; without one the request was accepted.',
    unit: 'reqps',
    targets: [
      { expr: sumBy(selected.rate(pushed), 'outcome', 'error').text, legend: '{{outcome}} {{error}}' },
    ],
    emptyBecause: 'no application pushes its requests',
  },
]

const parts: readonly Panel[] = [
  {
    title: 'Calls of objects',
    description: 'Per second, by class.',
    unit: 'ops',
    targets: [{ expr: sumBy(selected.observed(calls), 'object').text, legend: '{{object}}' }],
  },
  {
    title: 'Latency of object calls (p99)',
    description: 'An object handles one call at a time: a busy one makes its callers wait.',
    unit: 's',
    limit: { value: 0.1 },
    targets: [
      {
        expr: quantileBy(0.99, selected.buckets(calls), 'object', 'method').text,
        legend: '{{object}}.{{method}}',
      },
    ],
  },
  {
    title: 'Failed object calls',
    description: 'Calls that threw: overloaded, reset by a deployment, or unreachable.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.observed(calls, { outcome: '=failed' }), 'object', 'method').text,
        legend: '{{object}}.{{method}}',
      },
    ],
    emptyBecause: 'no call has failed',
  },
  {
    title: 'Signatures',
    description: 'Per second. An RS256 signature costs about five times the CPU of an ES256 one.',
    unit: 'ops',
    targets: [
      { expr: sumBy(selected.observed('authly_signature_duration_seconds'), 'alg').text, legend: '{{alg}}' },
    ],
  },
  {
    title: 'Cache reads by tier and result',
    description: 'Per second. What memory and the replica miss goes to Postgres.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_cache_reads_total'), 'tier', 'result').text,
        legend: '{{tier}} {{result}}',
      },
    ],
  },
  {
    title: 'Cache hits for administration',
    description: 'Share of reads that spared Postgres. The goal is above 80 %.',
    unit: 'percentunit',
    limit: { value: 0.8, isFloor: true },
    targets: [{ expr: cacheHits().text, legend: '{{cache}}' }],
  },
]

/** Memory is asked first, so that its reads are all there are; those of Postgres are what nothing else could answer. */
function cacheHits() {
  const area = '=admin'
  const reads = sumBy(selected.rate('authly_cache_reads_total', { area, tier: '=memory' }), 'cache')
  const missed = sumBy(selected.rate('authly_cache_reads_total', { area, tier: '=postgres' }), 'cache')
  return { text: `1 - ${ratio(orZero(missed, reads), reads).text}`, labels: reads.labels }
}

export const hotPaths: Dashboard = {
  uid: 'authly-hot-paths',
  title: 'Authly: hot paths',
  description: 'Requests, tokens, and what they are made of: object calls, signatures, cache reads.',
  rows: [
    { title: 'Requests', panels: requests },
    { title: 'Latency', panels: latencies },
    { title: 'Token requests', panels: tokenRequests },
    { title: 'What requests are made of', panels: parts },
  ],
}
