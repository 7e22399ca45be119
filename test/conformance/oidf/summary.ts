/** What a run prints: a line for each module, the reasons below it, a table of the plans at the end. */
import type { ModuleOutcome, PlanOutcome } from './run-plan.ts'

/** Results with which a module counts: REVIEW is a picture that a person looks at. */
const good = ['PASSED', 'WARNING', 'REVIEW', 'SKIPPED']

export const hasFailed = ({ result, excuse }: ModuleOutcome): boolean =>
  !good.includes(result) && excuse === undefined

export function describeModule(
  planId: string,
  { name, result, findings, test, excuse }: ModuleOutcome,
): string {
  const reasons = findings.map(({ result: kind, src, msg = '', requirements = [] }) => {
    return `    ${kind} ${src}: ${msg.split('\n', 1)[0]} ${requirements.join(', ')}`.trimEnd()
  })
  const where = result === 'PASSED' ? '' : ` (${test})`
  const cannot = excuse === undefined || result === 'PASSED' ? [] : [`    cannot pass: ${excuse}`]
  return [`${result.padEnd(8)} ${planId} ${name}${where}`, ...reasons, ...cannot].join('\n')
}

export function describeRun(outcomes: readonly PlanOutcome[]): string {
  const columns: Readonly<Record<string, (module: ModuleOutcome) => boolean>> = {
    ...Object.fromEntries(good.map((word) => [word.toLowerCase(), ({ result }) => result === word])),
    'cannot pass': (module) => !good.includes(module.result) && !hasFailed(module),
    failed: hasFailed,
  }
  const rows = outcomes.map(({ plan, modules }) => {
    const counts = Object.values(columns).map((is) => modules.filter(is).length)
    return `| ${plan.id} | ${counts.join(' | ')} |`
  })
  const names = Object.keys(columns)
  return [`| Plan | ${names.join(' | ')} |`, `| --- |${' --- |'.repeat(names.length)}`, ...rows].join('\n')
}
