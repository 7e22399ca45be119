/** Runs a Node script of this clone in our terminal. */
import { spawn } from 'node:child_process'
import { projectRoot } from '../stack/worker-bundle.ts'

/** Signals, and the exit of the `start.mjs` that started us. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const

/** True if the script succeeds. It does not outlive us, and we stop on a signal. @param command with its arguments */
export function runScript(command: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, { cwd: projectRoot, stdio: 'inherit' })
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
