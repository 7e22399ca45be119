/** Command line of `npm run conformance`. */
import { parseArgs } from 'node:util'
import { type Plan, plans } from './plans.ts'
import type { Limits } from './run-plan.ts'

export type Options = {
  readonly suite: string
  readonly plans: readonly Plan[]
  readonly limits: Limits
  /** Plans that run at a time. */
  readonly parallel: number
}

export const usage = `npm run conformance -- --suite URL [options]
  --suite URL     where the conformance suite serves, e.g. https://localhost:8443
  --plan LIST     plans: ${plans.map(({ id }) => id).join(', ')} (default: all)
  --module REGEX  only modules whose names match
  --limit N       seconds that a module may take (default 400: one waits until a pushed request expires)
  --parallel N    plans that run at a time (default 1)`

/** Throws on unknown options, plans and numbers. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      suite: { type: 'string' },
      plan: { type: 'string', default: plans.map(({ id }) => id).join(',') },
      module: { type: 'string' },
      limit: { type: 'string', default: '400' },
      parallel: { type: 'string', default: '1' },
    },
  })
  if (!values.suite?.startsWith('https://')) throw new Error('--suite must be an https address')
  return {
    suite: new URL(values.suite).origin,
    plans: values.plan.split(',').map(toPlan),
    limits: {
      moduleSeconds: positive(values.limit, 'limit'),
      only: values.module === undefined ? undefined : new RegExp(values.module),
    },
    parallel: positive(values.parallel, 'parallel'),
  }
}

function toPlan(text: string): Plan {
  const plan = plans.find(({ id }) => id === text.trim())
  if (plan === undefined) throw new Error(`unknown plan "${text}"`)
  return plan
}

function positive(text: string, name: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--${name} must be a positive number`)
  return value
}
