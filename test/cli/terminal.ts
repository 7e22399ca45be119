/** A terminal for tests: what is written is kept, what is typed is given. */
import { Readable, Writable } from 'node:stream'
import type { Terminal } from '../../cli/terminal.ts'

export interface TestTerminal extends Terminal {
  readonly printed: { stdout: string; stderr: string }
}

export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly isTTY?: boolean
  readonly columns?: number
}

export function testTerminal({
  env = {},
  stdin = '',
  isTTY = false,
  columns = 80,
}: TerminalOptions = {}): TestTerminal {
  const printed = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') =>
    Object.assign(
      new Writable({
        decodeStrings: false,
        write(chunk, _encoding, done) {
          printed[name] += String(chunk)
          done()
        },
      }),
      { isTTY, columns },
    )
  return {
    ...{ printed, env, platform: 'linux' as const },
    stdin: Object.assign(Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]), { isTTY }),
    ...{ stdout: stream('stdout'), stderr: stream('stderr') },
    interrupted: new AbortController().signal,
    now: () => Date.now(),
  }
}
