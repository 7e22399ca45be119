/**
 * `npm start` (and `npm run db`, with a script name): installs what is missing, then runs the TypeScript script with
 * the Node from node_modules. Runs on the machine's own Node: built-in modules only.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled, localNode } from './ensure-installed.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const [script = 'dev.ts', ...rest] = process.argv.slice(2)

ensureInstalled()
const child = spawn(localNode, [join(folder, script), ...rest], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  process.stderr.write(`\nAuthly cannot start: ${error.message}\n  Reinstall: npm ci\n\n`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  process.exit(code ?? 128 + constants.signals[signal])
})
