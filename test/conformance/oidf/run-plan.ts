/** Runs the modules of a plan, one after the other, and reads what each came to. */
import { setTimeout as wait } from 'node:timers/promises'
import { rotateKeys } from './admin-api.ts'
import { openPerson, type Person } from './chromium-person.ts'
import { configurePlan } from './plan-config.ts'
import type { Plan } from './plans.ts'
import type { TestedServer } from './server.ts'
import type { LogEntry, Module, Result, Suite } from './suite.ts'

export type ModuleOutcome = {
  readonly name: string
  readonly variant: Readonly<Record<string, string>>
  readonly test: string
  /** `TIMEOUT`: the suite waited for something that did not come. */
  readonly result: Result | 'TIMEOUT'
  /** Why it cannot pass here. */
  readonly excuse?: string | undefined
  /** Conditions that warned or failed. */
  readonly findings: readonly LogEntry[]
}

export type PlanOutcome = {
  readonly plan: Plan
  readonly modules: readonly ModuleOutcome[]
  /** It ended before its last module. */
  readonly isBroken?: boolean
}

export type Limits = {
  /** For one module. Those that wait for a call from the server would wait for ever. */
  readonly moduleSeconds: number
  /** Names of modules; undefined: all of the plan. */
  readonly only?: RegExp | undefined
}

const over = ['FINISHED', 'INTERRUPTED']
/** Waits until the keys of the server are others. */
const rotation = 'oidcc-server-rotate-keys'

export async function runPlan(
  suite: Suite,
  server: TestedServer,
  plan: Plan,
  limits: Limits,
  report: (outcome: ModuleOutcome) => void,
): Promise<PlanOutcome> {
  const config = await configurePlan(suite, server, plan)
  const { id, modules } = await suite.createPlan(plan.name, plan.variant, config)
  const outcomes: ModuleOutcome[] = []
  for (const module of modules) {
    if (limits.only && !limits.only.test(module.testModule)) continue
    const person = plan.needsChromium ? await openPerson(server) : undefined
    const needs = { suite, server, person }
    const ended = await runModule(needs, id, module, limits.moduleSeconds * 1000).finally(() =>
      person?.close(),
    )
    const outcome = { ...ended, excuse: plan.cannotPass?.[module.testModule] }
    outcomes.push(outcome)
    report(outcome)
  }
  return { plan, modules: outcomes }
}

async function runModule(
  { suite, server, person }: { suite: Suite; server: TestedServer; person: Person | undefined },
  plan: string,
  module: Module,
  limit: number,
): Promise<ModuleOutcome> {
  const test = await suite.createModule(plan, module)
  const end = Date.now() + limit
  let state = await suite.read(test)
  let isRotated = false
  while (!over.includes(state.status) && Date.now() < end) {
    await wait(300)
    if (state.status === 'CONFIGURED' && module.testModule === rotation && !isRotated) {
      isRotated = true
      await rotateKeys(server)
      await suite.startModule(test)
    }
    for (const url of person ? await suite.readUrls(test) : []) {
      await suite.noteVisit(test, url)
      await person?.visit(url)
    }
    state = await suite.read(test)
  }
  const isOver = over.includes(state.status)
  if (!isOver) await suite.stop(test)
  const log = await suite.readLog(test)
  return {
    ...{ name: module.testModule, variant: module.variant, test },
    result: isOver ? (state.result ?? 'UNKNOWN') : 'TIMEOUT',
    findings: log.filter(({ result }) => result === 'WARNING' || result === 'FAILURE'),
  }
}
