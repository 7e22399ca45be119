/**
 * `npm start` (and `npm run db`, with a script name; options are those of the script): installs what is missing, then runs the TypeScript script with
 * the Node from node_modules. Runs on the machine's own Node: built-in modules only.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureInstalled, isInstalled, localNode } from './ensure-installed.mjs'
import { portProblem } from './stack/port-problem.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const given = process.argv.slice(2)
const isNamed = given[0] !== undefined && !given[0].startsWith('-')
const [script, ...rest] = isNamed ? given : ['dev.ts', ...given]

if (script === 'dev.ts' && !isInstalled()) await checkPort(rest)
ensureInstalled()
// The channel tells the script when we die, however that happens.
const child = spawn(localNode, [join(folder, script), ...rest], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
if (process.env.npm_lifecycle_event !== undefined) stopWithParent()
child.on('error', (error) => {
  process.stderr.write(`\nAuthly cannot start: ${error.message}\n  Reinstall: npm ci\n\n`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  process.exit(code ?? 128 + constants.signals[signal])
})

/** Nobody should wait for an installation to read that the port is taken. What makes no sense is for the script to say. */
async function checkPort(args) {
  const options = {
    port: { type: 'string' },
    ephemeral: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  }
  const { values } = parseArgs({ args, options, strict: false })
  const port = Number(values.port ?? (process.env.PORT || 8787))
  if (values.ephemeral || values.help || !Number.isInteger(port) || port < 1 || port > 65_535) return
  const problem = await portProblem(port)
  if (problem === undefined) return
  process.stderr.write(`\nAuthly: ${problem.message}\n  ${problem.remedy}\n\n`)
  process.exit(1)
}

/** npm runs us through a shell that does not pass SIGTERM on: when that shell is gone, we were meant. */
function stopWithParent() {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    child.kill('SIGTERM')
  }, 250)
  watch.unref()
}
