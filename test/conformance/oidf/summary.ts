/** What a run prints: a line for each module, the reasons below it, a table of the plans at the end. */
import type { ModuleOutcome, PlanOutcome } from './run-plan.ts'

/** Results with which a module counts: REVIEW is a picture that a person looks at. */
const good = ['PASSED', 'WARNING', 'REVIEW', 'SKIPPED']

export const hasFailed = ({ result }: ModuleOutcome): boolean => !good.includes(result)

export function describeModule(planId: string, { name, result, findings, test }: ModuleOutcome): string {
  const reasons = findings.map(({ result: kind, src, msg = '', requirements = [] }) => {
    return `    ${kind} ${src}: ${msg.split('\n', 1)[0]} ${requirements.join(', ')}`.trimEnd()
  })
  const where = result === 'PASSED' ? '' : ` (${test})`
  return [`${result.padEnd(8)} ${planId} ${name}${where}`, ...reasons].join('\n')
}

export function describeRun(outcomes: readonly PlanOutcome[]): string {
  const columns = [...good, 'failed']
  const rows = outcomes.map(({ plan, modules }) => {
    const count = (column: string) =>
      modules.filter((module) => (column === 'failed' ? hasFailed(module) : module.result === column)).length
    return `| ${plan.id} | ${columns.map(count).join(' | ')} |`
  })
  const head = `| Plan | ${columns.map((column) => column.toLowerCase()).join(' | ')} |`
  return [head, `| --- |${' --- |'.repeat(columns.length)}`, ...rows].join('\n')
}
