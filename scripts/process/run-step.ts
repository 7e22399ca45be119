/** A program that must succeed; its output is shown only when it does not. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const exec = promisify(execFile)

export type Step = readonly [program: string, ...args: string[]]

/** @throws Error with the command and the end of its output */
export async function runStep(
  [program, ...args]: Step,
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  try {
    await exec(program, args, { cwd, env: { ...process.env, ...environment }, maxBuffer: 2 ** 28 })
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string }
    const output = [stdout, stderr].join('\n').trim().slice(-4000)
    throw new Error(`${program} ${args.join(' ')}\n${output || message}`)
  }
}
