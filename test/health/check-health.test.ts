/** Degraded is not down: only what issues tokens decides whether anybody is sent here. */
import { expect, it } from 'vitest'
import { checkHealth, type HealthProbes } from '../../src/health/check-health.ts'

const answers = async () => undefined
const away = async () => {
  throw new Error('connection refused by 10.0.0.1')
}
const hangs = () => new Promise<never>(() => undefined)
const may =
  (...risks: string[]) =>
  async () =>
    risks
const probes = (changed: Partial<HealthProbes>): HealthProbes => ({
  ...{ postgres: may(), objects: answers, keys: answers },
  ...changed,
})

it.each([
  ['ready', {}, { postgres: 'ok', objects: 'ok', keys: 'ok' }],
  ['degraded', { postgres: away }, { postgres: 'unavailable', objects: 'ok', keys: 'ok' }],
  ['degraded', { postgres: hangs }, { postgres: 'unavailable', objects: 'ok', keys: 'ok' }],
  ['unavailable', { objects: away }, { postgres: 'ok', objects: 'unavailable', keys: 'ok' }],
  [
    'unavailable',
    { postgres: may('owns tables') },
    { postgres: 'overprivileged', objects: 'ok', keys: 'ok' },
  ],
  [
    'unavailable',
    { postgres: away, keys: away },
    { postgres: 'unavailable', objects: 'ok', keys: 'unavailable' },
  ],
] as const)('is %s with %j, and says which part and no more', async (status, changed, checks) => {
  expect((await checkHealth(probes(changed))).health).toEqual({ status, checks })
})
