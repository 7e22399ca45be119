/** Degraded is not down: only what issues tokens decides whether anybody is sent here. */
import { describe, expect, it } from 'vitest'
import {
  checkReadiness,
  checkStartup,
  type HealthProbes,
  type MessageState,
  misconfigured,
} from '../../src/health/check-health.ts'
import { readinessComponents, startupComponents } from '../../src/health/health.ts'

const now = 1_800_000_000_000
const answers = async () => undefined
const away = async () => {
  throw new Error('connection refused by 10.0.0.1')
}
const hangs = () => new Promise<never>(() => undefined)
const postgres =
  ({ roleRisks = [] as string[], hasSchema = true } = {}) =>
  async () => ({ roleRisks, hasSchema })
const waits = (waiting: number, secondsLate?: number) => async () => [
  { waiting: 0, lateSince: undefined },
  { waiting, lateSince: secondsLate === undefined ? undefined : now - secondsLate * 1000 },
]
const probes = (changed: Partial<HealthProbes>): HealthProbes => ({
  ...{ postgres: postgres(), objects: answers, keys: answers, outboxes: waits(0) },
  messages: () => 'configured',
  ...changed,
})

const noMessages = (): MessageState => 'not_configured'
const noBinding = (): MessageState => 'no_binding'

const ok = { status: 'ok' }
const silent = { status: 'unavailable', reason: 'no_answer' }
const ready = { configuration: ok, postgres: ok, objects: ok, keys: ok, outboxes: ok, messages: ok }

describe('readiness', () => {
  it.each([
    ['ok', 'all answer', {}, {}],
    ['degraded', 'Postgres is away', { postgres: away }, { postgres: silent }],
    ['degraded', 'Postgres hangs', { postgres: hangs }, { postgres: silent }],
    [
      'degraded',
      'a migration is missing',
      { postgres: postgres({ hasSchema: false }) },
      { postgres: { status: 'degraded', reason: 'schema_behind' } },
    ],
    [
      'unavailable',
      'the role owns tables',
      { postgres: postgres({ roleRisks: ['owns tables'] }) },
      { postgres: { status: 'unavailable', reason: 'overprivileged' } },
    ],
    ['unavailable', 'objects are away', { objects: away }, { objects: silent }],
    ['unavailable', 'no key', { postgres: away, keys: away }, { postgres: silent, keys: silent }],
    ['ok', 'a failure that the next delivery repairs', { outboxes: waits(9, 60) }, {}],
    [
      'degraded',
      'a stuck outbox',
      { outboxes: waits(1, 121) },
      { outboxes: { status: 'degraded', reason: 'late' } },
    ],
    ['ok', 'a long outbox', { outboxes: waits(50_000) }, {}],
    [
      'degraded',
      'an outbox that only grows',
      { outboxes: waits(50_001) },
      { outboxes: { status: 'degraded', reason: 'backlog' } },
    ],
    [
      'ok',
      'no messages are sent',
      { messages: noMessages },
      { messages: { status: 'ok', reason: 'not_configured' } },
    ],
    [
      'degraded',
      'the binding that should send messages is missing',
      { messages: noBinding },
      { messages: { status: 'degraded', reason: 'invalid' } },
    ],
    ['degraded', 'outboxes are away', { outboxes: away }, { outboxes: silent }],
  ] as const)(
    'is %s when %s, and says which component and no more',
    async (status, _, changed, components) => {
      const { health } = await checkReadiness(probes(changed), now)
      expect(health).toEqual({ status, components: { ...ready, ...components } })
    },
  )

  it('is degraded, not unavailable, when keys wait for a Postgres that hangs, as tokens do', async () => {
    const slow = () => new Promise((resolve) => setTimeout(resolve, 4000))
    const { health } = await checkReadiness(probes({ postgres: hangs, keys: slow }), now)
    expect(health).toEqual({ status: 'degraded', components: { ...ready, postgres: silent } })
  })

  it('tells the log alone what is wrong with the role', async () => {
    const checked = await checkReadiness(probes({ postgres: postgres({ roleRisks: ['owns tables'] }) }), now)
    expect(checked.details).toEqual(['the role owns tables'])
    expect(JSON.stringify(checked.health)).not.toContain('owns')
  })
})

describe('startup', () => {
  it.each([
    ['ok', 'keys and schema are there', {}, {}],
    [
      'unavailable',
      'a migration is missing',
      { postgres: postgres({ hasSchema: false }) },
      { schema: { status: 'unavailable', reason: 'schema_behind' } },
    ],
    ['degraded', 'Postgres is away and the replica has the keys', { postgres: away }, { schema: silent }],
    ['unavailable', 'no key', { keys: away }, { keys: silent }],
    ['unavailable', 'nothing answers', { postgres: hangs, keys: hangs }, { keys: silent, schema: silent }],
  ] as const)('is %s when %s', async (status, _, changed, components) => {
    const { health } = await checkStartup(probes(changed))
    const started = { configuration: ok, keys: ok, schema: ok }
    expect(health).toEqual({ status, components: { ...started, ...components } })
  })
})

it.each([[readinessComponents], [startupComponents]])(
  'without a configuration nothing is asked, and the answer has the same members: %j',
  (names) => {
    const { health, details } = misconfigured<string>(names, 'AUTHLY_ISSUER is missing')
    expect(Object.keys(health.components)).toEqual([...names])
    expect(health.status).toBe('unavailable')
    expect(health.components['configuration']).toEqual({ status: 'unavailable', reason: 'invalid' })
    expect(health.components['keys']).toEqual({ status: 'unavailable', reason: 'not_checked' })
    expect(JSON.stringify(health)).not.toContain('ISSUER')
    expect(details).toEqual(['AUTHLY_ISSUER is missing'])
  },
)
