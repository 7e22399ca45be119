/**
 * Clients in other languages are programs. They read one line of JSON, what the application was told at its
 * registration, and answer in lines of JSON: `{"visit": url}` sends a person's browser there, and the callback URL is
 * written back; the last line is `{"result": …}`, or `{"refused": …}` with the error that their library found in an
 * answer of the server. Whatever else goes wrong ends them with a message on stderr.
 */
import { createInterface } from 'node:readline'
import { spawnGuarded } from '../../../scripts/process/guarded-child.ts'
import type { Step } from '../../../scripts/process/run-step.ts'

export type Said = {
  readonly result?: Readonly<Record<string, unknown>>
  readonly refused?: { readonly error: string; readonly description?: string }
}

export type Program = {
  readonly command: Step
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs a program to its end.
 * @param visit what the person does at the URL; returns where the browser arrived at the application
 */
export async function converse(
  { command: [name, ...args], env = {} }: Program,
  registration: object,
  visit: (url: string) => Promise<URL> = () => Promise.reject(new Error('nobody is at the browser')),
): Promise<Said> {
  const child = await spawnGuarded(name, args, {
    ...{ stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } },
  })
  const { stdin, stdout, stderr } = child.process
  if (!stdin || !stdout || !stderr) throw new Error('no pipes')
  let complaint = ''
  stderr.on('data', (chunk) => {
    complaint += chunk
  })
  // It may end before it has read everything.
  stdin.on('error', () => undefined)
  const write = (value: unknown) => stdin.write(`${JSON.stringify(value)}\n`)
  let said: Said = {}
  try {
    write(registration)
    for await (const line of createInterface({ input: stdout })) {
      const message = JSON.parse(line) as Said & { visit?: string }
      if (message.visit === undefined) said = message
      else write((await visit(message.visit)).href)
    }
    const code = await child.exited
    if (code !== 0) throw new Error(`${[name, ...args].join(' ')} ended with ${code}\n${complaint}`)
    return said
  } finally {
    await child.stop()
  }
}
