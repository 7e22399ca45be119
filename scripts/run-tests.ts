/**
 * `npm test`: the static checks, then the test projects that need only Node. `node scripts/start.mjs run-tests.ts
 * <project> …` runs only those vitest projects. All of them run even if one fails.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describeTotals, reportPath } from './test-report.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Signals, and the exit of the `start.mjs` that started us. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const

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

/**
 * Runs a Node script of this clone in our terminal; true if it succeeds. It does not outlive us, and we stop on a
 * signal.
 */
function run(title: string, command: readonly string[]): Promise<boolean> {
  console.log(`\n━━ ${title}`)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, { cwd: root, stdio: 'inherit' })
    const stop = () => {
      child.once('close', () => process.exit(1))
      child.kill('SIGTERM')
    }
    for (const event of endings) process.once(event, stop)
    child.on('error', () => resolve(false))
    child.on('close', (code) => {
      for (const event of endings) process.off(event, stop)
      resolve(code === 0)
    })
  })
}
