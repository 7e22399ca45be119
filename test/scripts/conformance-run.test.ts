/** The runner of the conformance suite, against a suite that answers from a list. */
import { describe, expect, it } from 'vitest'
import { parseOptions } from '../conformance/oidf/options.ts'
import { type Plan, plans } from '../conformance/oidf/plans.ts'
import { runPlan } from '../conformance/oidf/run-plan.ts'
import type { TestedServer } from '../conformance/oidf/server.ts'
import type { LogEntry, Suite } from '../conformance/oidf/suite.ts'
import { describeModule, describeRun, hasFailed } from '../conformance/oidf/summary.ts'

const person = { id: '1', username: 'connie', password: 'secret' }
const server = { issuer: 'https://op.test', person, refuser: person } as TestedServer
const plan: Plan = {
  ...{ id: 'some', name: 'some-plan', variant: { response_type: 'code' }, clients: 'self-registered' },
  cannotPass: { excused: 'it wants what is no more' },
}
const log: LogEntry[] = [
  { src: 'Fine', result: 'SUCCESS' },
  { src: 'Broken', result: 'FAILURE', msg: 'first line\nsecond', requirements: ['RFC-1'] },
]

/** A suite whose modules come to what `states` says; those without a result never end. */
function suiteOf(states: Readonly<Record<string, 'PASSED' | 'FAILED' | undefined>>) {
  const stopped: string[] = []
  const suite: Suite = {
    ...{ origin: 'https://suite.test', certificate: '' },
    version: async () => '1',
    createPlan: async () => ({
      id: 'p',
      modules: Object.keys(states).map((testModule) => ({ testModule, variant: {} })),
    }),
    createModule: async (_plan, { testModule }) => testModule,
    startModule: async () => undefined,
    read: async (test) => {
      const result = states[test]
      return result === undefined ? { status: 'WAITING' } : { status: 'FINISHED', result }
    },
    readLog: async () => log,
    readUrls: async () => [],
    noteVisit: async () => undefined,
    stop: async (test) => {
      stopped.push(test)
    },
  }
  return { suite, stopped }
}

describe('the runner of the conformance suite', () => {
  it('fails what fails and what never ends, and nothing that cannot pass for a reason', async () => {
    const { suite, stopped } = suiteOf({
      good: 'PASSED',
      bad: 'FAILED',
      excused: 'FAILED',
      waits: undefined,
    })
    const outcome = await runPlan(suite, server, plan, { moduleSeconds: 0.1 }, () => undefined)
    expect(outcome.modules.map(({ name, result }) => [name, result])).toEqual([
      ['good', 'PASSED'],
      ['bad', 'FAILED'],
      ['excused', 'FAILED'],
      ['waits', 'TIMEOUT'],
    ])
    expect(outcome.modules.filter(hasFailed).map(({ name }) => name)).toEqual(['bad', 'waits'])
    expect(stopped).toEqual(['waits'])
    expect(describeRun([outcome])).toContain('| some | 1 | 0 | 0 | 0 | 1 | 2 |')
    const [, bad, excused] = outcome.modules.map((module) => describeModule('some', module))
    expect(bad).toBe('FAILED   some bad (bad)\n    FAILURE Broken: first line RFC-1')
    expect(excused).toContain('cannot pass: it wants what is no more')
  })

  it('runs the modules that are asked for', async () => {
    const { suite } = suiteOf({ good: 'PASSED', bad: 'FAILED' })
    const limits = { moduleSeconds: 1, only: /^good$/ }
    const { modules } = await runPlan(suite, server, plan, limits, () => undefined)
    expect(modules.map(({ name }) => name)).toEqual(['good'])
  })

  it('takes all plans unless some are named, and a suite over https alone', () => {
    expect(parseOptions(['--suite', 'https://localhost:8443/x']).suite).toBe('https://localhost:8443')
    expect(parseOptions(['--suite', 'https://localhost:8443']).plans).toEqual(plans)
    expect(() => parseOptions(['--suite', 'http://localhost'])).toThrow('https')
    expect(() => parseOptions(['--suite', 'https://localhost', '--plan', 'none'])).toThrow('unknown plan')
    expect(new Set(plans.map(({ id }) => id)).size).toBe(plans.length)
  })
})
