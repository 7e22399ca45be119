/** Command line of `npm run bench`. */
import { parseArgs } from 'node:util'
import { type OperationName, operationNames, type TargetName, targetNames } from './target.ts'

/** What can be measured beside the operations. */
export const partNames = ['steady', 'audit', 'start', 'admin'] as const
export type PartName = (typeof partNames)[number]

export interface BenchOptions {
  readonly seconds: number
  readonly rounds: number
  readonly connections: number
  readonly operations: readonly OperationName[]
  readonly targets: readonly TargetName[]
  readonly parts: readonly PartName[]
  readonly profile: boolean
  /** Whether the report is written; runs of some targets only print. */
  readonly publish: boolean
}

export const usage = `npm run bench -- [options]
  --seconds N     measured seconds per run (default 2)
  --rounds N      interleaved rounds (default 5)
  --connections N parallel connections of the throughput runs (default 32)
  --only LIST     operations: ${operationNames.join(', ')};
                  tokens: all of them; parts: ${partNames.join(', ')}
  --targets LIST  ${targetNames.join(', ')}
                  (default: all but oidc-provider-memory, which loses everything)
  --profile       record where the CPU time of Authly and of the twin goes, for the report (needs perf)
  --no-publish    print only, do not write docs/performance.md`

/** Where everything must be durable, a peer that is not would only be a curiosity. */
const usualTargets = targetNames.filter((name) => name !== 'oidc-provider-memory')

function pick<Name extends string>(list: readonly string[], all: readonly Name[]): readonly Name[] {
  return list.map((name) => {
    const found = all.find((known) => known === name)
    if (found === undefined) throw new Error(`unknown name "${name}"; known: ${all.join(', ')}`)
    return found
  })
}

function positive(text: string, name: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--${name} must be a positive number`)
  return value
}

const listed = (text: string): readonly string[] => text.split(',').map((name) => name.trim())

/** Throws on unknown options and names. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '32' },
      only: { type: 'string' },
      targets: { type: 'string' },
      profile: { type: 'boolean', default: false },
      publish: { type: 'boolean', default: true },
    },
  })
  const only = values.only === undefined ? undefined : listed(values.only)
  const isPart = (name: string): boolean => (partNames as readonly string[]).includes(name)
  const wanted = only?.filter((name) => !isPart(name)) ?? ['tokens']
  return {
    operations: wanted.includes('tokens') ? operationNames : pick(wanted, operationNames),
    parts: only === undefined ? partNames : pick(only.filter(isPart), partNames),
    targets: values.targets === undefined ? usualTargets : pick(listed(values.targets), targetNames),
    profile: values.profile,
    seconds: positive(values.seconds, 'seconds'),
    rounds: positive(values.rounds, 'rounds'),
    connections: positive(values.connections, 'connections'),
    publish: values.publish && values.targets === undefined,
  }
}
