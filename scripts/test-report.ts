/**
 * Adds up vitest's JSON reports, so that one line can summarize a run of several projects. A project whose report is
 * missing, or that failed without a failed test (a set-up that threw), counts as one failure.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../dist/test-reports', import.meta.url))

export type Totals = { passed: number; failed: number; skipped: number }

/** The path of the report of a vitest project. */
export const reportPath = (project: string, reports = folder): string => join(reports, `${project}.json`)

/** Leaves a report of a suite that vitest does not run. */
export function writeTotals(project: string, passed: number, failed: number, reports = folder): void {
  const path = reportPath(project, reports)
  mkdirSync(dirname(path), { recursive: true })
  const counts = { numPassedTests: passed, numFailedTests: failed, numPendingTests: 0, numTodoTests: 0 }
  writeFileSync(path, JSON.stringify({ success: failed === 0, ...counts }))
}

/** Counts of one project. */
export function readTotals(project: string, reports = folder): Totals {
  const path = reportPath(project, reports)
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0 }
  const report = JSON.parse(readFileSync(path, 'utf8')) as {
    success: boolean
    numPassedTests: number
    numFailedTests: number
    numPendingTests: number
    numTodoTests: number
  }
  return {
    passed: report.numPassedTests,
    failed: report.success ? 0 : Math.max(report.numFailedTests, 1),
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** One line per project, and the final line `N passed, N failed`. */
export function describeTotals(projects: readonly string[], reports = folder): { text: string; ok: boolean } {
  const rows = projects.map((project) => ({ project, ...readTotals(project, reports) }))
  const sum = (count: keyof Totals) => rows.reduce((total, row) => total + row[count], 0)
  const lines = rows.map(({ project, passed, failed, skipped }) => {
    const counts = [`${passed} passed`, `${failed} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])]
    return `  ${project.padEnd(12)} ${counts.join(', ')}`
  })
  return {
    text: [...lines, `${sum('passed')} passed, ${sum('failed')} failed`].join('\n'),
    ok: sum('failed') === 0,
  }
}

if (import.meta.main) {
  const { text, ok } = describeTotals(process.argv.slice(2))
  console.log(text)
  if (!ok) process.exitCode = 1
}
