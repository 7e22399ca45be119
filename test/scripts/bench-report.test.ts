/** docs/performance.md says of each operation what was reached, and whether that was the goal. */
import { expect, test } from 'vitest'
import { goals } from '../../bench/goals.ts'
import type { Measurement } from '../../bench/measure.ts'
import { renderMarkdown } from '../../bench/report/markdown.ts'
import { type OperationName, operationNames, type TargetName } from '../../bench/target.ts'

const run = (operation: OperationName, target: TargetName, rps: number, cpu: number): Measurement => ({
  ...{ operation, target, round: 1, requests: 100, rps, p50Ms: 1, p99Ms: 2, failures: 0, delivered: true },
  cpu: { server: cpu, deferred: 0, database: 1, gateway: 0 },
})

const report = (measurements: readonly Measurement[]): string =>
  renderMarkdown({
    machine: { cores: 2, cpu: 'x', node: 'x', workerd: 'x', oidcProvider: 'x', loadGenerator: 'wrk' },
    schedule: { seconds: 1, rounds: 1, connections: 32 },
    ...{ measurements, steady: [], profiles: [] },
  })

test('every operation has a goal', () => {
  expect(goals.map(({ name }) => name).sort()).toEqual([...operationNames].sort())
})

test.each(['client_credentials_dpop', 'client_credentials_jwt', 'par_authorize', 'fapi_code'] as const)(
  '%s reaches 0.6 of the bare twin and costs no more than oidc-provider with Postgres',
  (operation) => {
    const title = goals.find(({ name }) => name === operation)?.title
    const verdicts = (rps: number, cpu: number): string[] =>
      report([
        run(operation, 'authly', rps, cpu),
        run(operation, 'twin', 1000, 1),
        run(operation, 'oidc-provider-postgres', 500, 2),
      ])
        .split('\n')
        .filter((line) => line.startsWith(`| ${title} |`))
    expect(verdicts(600, 2)).toEqual([
      `| ${title} | throughput / bare twin | >= 0.6 | 0.60 |  | met |`,
      `| ${title} | CPU / oidc-provider, Postgres | <= 1 | 1.00 |  | met |`,
    ])
    expect(verdicts(599, 2.3)).toEqual([
      `| ${title} | throughput / bare twin | >= 0.6 | 0.60 |  | **missed** |`,
      `| ${title} | CPU / oidc-provider, Postgres | <= 1 | 1.10 |  | **missed** |`,
    ])
  },
)

test('flows are counted as a whole, and the report says so', () => {
  const sectionOf = (operation: OperationName): string =>
    report([run(operation, 'authly', 100, 1)]).split('### ')[1] ?? ''
  expect(sectionOf('par_authorize')).toContain('whole flows, of 2 requests')
  expect(sectionOf('fapi_code')).toContain('whole flows, of 3 requests')
  expect(sectionOf('fapi_code')).toContain('| flows/s |')
  expect(sectionOf('fapi_code')).toContain('| Authly | 100 |')
  expect(sectionOf('code')).toContain('| requests/s |')
})
