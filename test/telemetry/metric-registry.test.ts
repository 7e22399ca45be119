import { describe, expect, test } from 'vitest'
import { createMetricRegistry } from '../../src/telemetry/metric-registry.ts'

/** The series of the only metric that was counted. */
function taken(registry: ReturnType<typeof createMetricRegistry>) {
  const families = registry.take()
  expect(families).toHaveLength(1)
  return families[0]?.series ?? []
}

test('adds up by labels, and begins again when its counts are taken', () => {
  const registry = createMetricRegistry()
  registry.count('authly_sign_ins_total', 1, 'password', 'success')
  registry.count('authly_sign_ins_total', 2, 'password', 'success')
  registry.count('authly_sign_ins_total', 1, 'password', 'refused')
  expect(taken(registry)).toEqual([
    [['password', 'success'], [3]],
    [['password', 'refused'], [1]],
  ])
  expect(registry.take()).toEqual([])
  registry.count('authly_sign_ins_total', 5, 'password', 'refused')
  expect(taken(registry)).toEqual([[['password', 'refused'], [5]]])
})

test('a metric without labels has one series', () => {
  const registry = createMetricRegistry()
  registry.count('authly_audit_events_lost_total', 3)
  registry.count('authly_audit_events_lost_total', 4)
  expect(taken(registry)).toEqual([[[], [7]]])
})

test('a value belongs to the first bucket whose bound it does not exceed; the sum comes last', () => {
  const registry = createMetricRegistry()
  for (const value of [1, 2, 4, 4, 51]) registry.observe('authly_postgres_batch_statements', value)
  // Buckets 1, 2, 3, 4, 6, 8, 12, 20, 50, +Inf.
  expect(taken(registry)).toEqual([[[], [1, 1, 0, 2, 0, 0, 0, 0, 0, 1, 62]]])
})

test('of times the latest counts', () => {
  const registry = createMetricRegistry()
  registry.mark('authly_cron_last_success_timestamp_seconds', 20, 'rotate-keys')
  registry.mark('authly_cron_last_success_timestamp_seconds', 10, 'rotate-keys')
  expect(registry.take()).toMatchObject([{ merge: 'highest', series: [[['rotate-keys'], [20]]] }])
})

describe('bounds', () => {
  test('10,000 made-up names are one series beside the first thousand', () => {
    const registry = createMetricRegistry()
    for (let index = 0; index < 10_000; index++) {
      registry.count('authly_rate_limited_total', 1, `made-up-${index}`)
    }
    const series = taken(registry)
    expect(series).toHaveLength(1001)
    expect(series.at(-1)).toEqual([['other'], [9000]])
  })

  test('names that do not come back give their place to others', () => {
    const registry = createMetricRegistry()
    for (let index = 0; index < 10_000; index++) {
      registry.count('authly_rate_limited_total', 1, `made-up-${index}`)
    }
    registry.take()
    registry.count('authly_rate_limited_total', 1, 'token-client')
    expect(taken(registry)).toEqual([[['token-client'], [1]]])
  })

  test('the clients with the most requests are named, the rest is other, and nothing is lost', () => {
    const registry = createMetricRegistry()
    for (let index = 0; index < 200; index++) {
      const requests = index < 50 ? 10 : 1
      const client = `client-${index}`
      registry.count('authly_token_requests_total', requests, 'refresh_token', 'success', '', client)
    }
    const series = taken(registry)
    expect(series).toHaveLength(51)
    expect(series).toContainEqual([['refresh_token', 'success', '', 'other'], [150]])
    expect(series.reduce((sum, [, [value]]) => sum + (value ?? 0), 0)).toBe(650)
  })
})
