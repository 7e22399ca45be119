/** Command line of `npm run bench`. */
import { parseArgs } from 'node:util'
import { type OperationName, operationNames, type TargetName, targetNames } from './target.ts'

export interface BenchOptions {
  readonly seconds: number
  readonly rounds: number
  readonly connections: number
  readonly operations: readonly OperationName[]
  readonly targets: readonly TargetName[]
  /** Whether administration is measured. */
  readonly admin: boolean
  readonly profile: boolean
  /** Where the report goes; partial runs do not overwrite the published one. */
  readonly publish: boolean
}

export const usage = `npm run bench -- [options]
  --seconds N     measured seconds per run (default 4)
  --rounds N      runs per operation and target (default 2)
  --connections N parallel connections (default 32)
  --only LIST     operations: ${operationNames.join(', ')}; or admin
  --targets LIST  targets: ${targetNames.join(', ')}
  --profile       record where Authly's CPU time goes instead of comparing (needs perf)
  --no-publish    print only, do not write docs/performance.md`

function pick<Name extends string>(list: string | undefined, all: readonly Name[]): readonly Name[] {
  if (list === undefined) return all
  return list.split(',').map((name) => {
    const found = all.find((known) => known === name.trim())
    if (found === undefined) throw new Error(`unknown name "${name}"; known: ${all.join(', ')}`)
    return found
  })
}

function positive(text: string, name: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--${name} must be a positive number`)
  return value
}

/** Throws on unknown options and names. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '2' },
      connections: { type: 'string', default: '32' },
      only: { type: 'string' },
      targets: { type: 'string' },
      profile: { type: 'boolean', default: false },
      publish: { type: 'boolean', default: true },
    },
  })
  const parts = values.only?.split(',').map((name) => name.trim())
  const tokenParts = parts?.filter((name) => name !== 'admin')
  const operations = tokenParts?.length === 0 ? [] : pick(tokenParts?.join(), operationNames)
  const isWhole = values.only === undefined || values.only === 'admin'
  const targets = pick(values.targets, targetNames)
  return {
    ...{ operations, targets, profile: values.profile },
    admin: values.targets === undefined && (parts === undefined || parts.includes('admin')),
    seconds: positive(values.seconds, 'seconds'),
    rounds: positive(values.rounds, 'rounds'),
    connections: positive(values.connections, 'connections'),
    publish: values.publish && isWhole && values.targets === undefined,
  }
}
