/**
 * `npm test`: the static checks, then the test projects that need only Node. `node scripts/start.mjs run-tests.ts
 * <project> …` runs only those vitest projects. All of them run even if one fails.
 */
import { rmSync } from 'node:fs'
import { runScript } from './process/run-script.ts'
import { describeTotals, reportPath } from './test-report.ts'

const named = process.argv.slice(2)
const projects = named.length > 0 ? named : ['unit', 'worker', 'scripts', 'conformance']

let isGood = true
if (named.length === 0) isGood = await run('Static checks', ['scripts/check-all.ts'])
for (const project of projects) {
  rmSync(reportPath(project), { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath(project)}`]
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters]
  isGood = (await run(`Tests: ${project}`, vitest)) && isGood
}
const { text, ok } = describeTotals(projects)
console.log(`\n${text}`)
if (!ok || !isGood) process.exitCode = 1

function run(title: string, command: readonly string[]): Promise<boolean> {
  console.log(`\n━━ ${title}`)
  return runScript(command)
}
