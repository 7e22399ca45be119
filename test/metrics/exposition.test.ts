import { describe, expect, test } from 'vitest'
import { formatMetrics } from '../../src/metrics/exposition.ts'
import type { GaugeValue } from '../../src/metrics/metric-sources.ts'
import { type MetricDefinition, metricCatalogue } from '../../src/telemetry/metric-catalogue.ts'
import type { Family } from '../../src/telemetry/metric-families.ts'
import { createMetricRegistry } from '../../src/telemetry/metric-registry.ts'
import { parseExposition, sampleValue } from './parse-exposition.ts'

const nasty = 'quote " backslash \\ line\nfeed, comma={}'

/** Something of every kind of metric. */
function somethingCounted(): readonly Family[] {
  const registry = createMetricRegistry()
  registry.count('authly_token_requests_total', 3, 'refresh_token', 'success', '', nasty)
  registry.count('authly_audit_events_lost_total', 2)
  registry.observe('authly_http_request_duration_seconds', 0.003, '/oauth/token', 'POST', 'success')
  registry.observe('authly_http_request_duration_seconds', 0.05, '/oauth/token', 'POST', 'success')
  registry.observe('authly_http_request_duration_seconds', 99, '/oauth/token', 'POST', 'success')
  registry.mark('authly_cron_last_success_timestamp_seconds', 1_700_000_000.5, 'rotate-keys')
  return registry.take()
}

const gauges: readonly GaugeValue[] = [
  { name: 'authly_postgres_up', labels: [], value: 1 },
  { name: 'authly_jobs', labels: ['users.import', 'queued'], value: 4 },
]

describe.each(['prometheus', 'openmetrics'] as const)('%s', (format) => {
  const text = formatMetrics(somethingCounted(), gauges, format)
  const read = parseExposition(text, format)

  test('values and labels come back as they were, whatever they contain', () => {
    const client = { client_id: nasty, grant_type: 'refresh_token' }
    expect(sampleValue(read, 'authly_token_requests_total', client)).toBe(3)
    expect(sampleValue(read, 'authly_audit_events_lost_total')).toBe(2)
    expect(sampleValue(read, 'authly_jobs', { kind: 'users.import', state: 'queued' })).toBe(4)
    expect(sampleValue(read, 'authly_cron_last_success_timestamp_seconds')).toBe(1_700_000_000.5)
  })

  test('buckets are cumulative, and the last one is the count', () => {
    const name = 'authly_http_request_duration_seconds'
    const labels = { route: '/oauth/token', outcome: 'success' }
    const bucket = (le: string) => sampleValue(read, `${name}_bucket`, { ...labels, le })
    expect([bucket('0.0025'), bucket('0.005'), bucket('0.025'), bucket('0.05')]).toEqual([0, 1, 1, 2])
    expect([bucket('1.0'), bucket('10.0'), bucket('+Inf')]).toEqual([2, 2, 3])
    expect(sampleValue(read, `${name}_count`, labels)).toBe(3)
    expect(sampleValue(read, `${name}_sum`, labels)).toBeCloseTo(99.053)
  })

  test('failures are there before the first', () => {
    const name = 'authly_http_request_duration_seconds_count'
    expect(sampleValue(read, name, { route: '/oauth/token', method: 'POST', outcome: 'failed' })).toBe(0)
    expect(sampleValue(read, 'authly_outbox_deliveries_total', { outcome: 'failed' })).toBe(0)
  })

  test('what is unknown is absent: a gauge that nobody read is not 0', () => {
    expect(sampleValue(read, 'authly_audit_unsealed_events')).toBeUndefined()
  })

  test('every family is described as in the catalogue', () => {
    for (const [name, { type, help }] of read) {
      const isSuffixed = format === 'openmetrics' && type === 'counter'
      const key = (isSuffixed ? `${name}_total` : name) as keyof typeof metricCatalogue
      expect(metricCatalogue[key]).toMatchObject({ type, help })
    }
  })
})

test('a metric with buckets of another version is left out, and so is one that no longer exists', () => {
  const old: Family = {
    ...{ name: 'authly_signature_duration_seconds', merge: 'sum', labels: ['alg'], bounds: [1, 2] },
    series: [[['ES256'], [1, 2, 3, 4]]],
  }
  const gone: Family = { ...old, name: 'authly_gone_total', bounds: [] }
  expect(formatMetrics([old, gone], [], 'prometheus')).not.toMatch(/signature|gone/)
})

describe('the catalogue', () => {
  const metrics = Object.entries<MetricDefinition>(metricCatalogue)

  test.each(metrics)('%s is named as Prometheus does', (name, definition) => {
    expect(name).toMatch(/^authly_[a-z][a-z0-9_]*[a-z]$/)
    expect(name.endsWith('_total')).toBe(definition.type === 'counter')
    expect(definition.help).toMatch(/^[A-Z0-9].*[^.]$/)
    // Labels that Prometheus puts on every series itself.
    for (const label of ['job', 'instance', 'region', 'le']) expect(definition.labels).not.toContain(label)
  })

  test('buckets ascend, and those of service levels are exact', () => {
    for (const [, definition] of metrics) {
      if (definition.type !== 'histogram') continue
      expect([...definition.buckets]).toEqual([...definition.buckets].sort((left, right) => left - right))
    }
    const { buckets } = metricCatalogue.authly_http_request_duration_seconds
    for (const bound of [0.05, 0.1, 0.2]) expect(buckets).toContain(bound)
  })
})
