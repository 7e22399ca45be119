/** All that the worker writes to the console, for tests of the log. */
import { afterEach, beforeEach, vi } from 'vitest'
import type { LogLine } from '../../src/kit/log.ts'

export interface HeardLog {
  /** Every call of the console as text, whatever it was given. */
  readonly texts: readonly string[]
  readonly lines: readonly LogLine[]
}

/** Listens during each test of the file; what is heard is not shown. */
export function hearLog(): HeardLog {
  const texts: string[] = []
  beforeEach(() => {
    texts.length = 0
    for (const method of ['error', 'warn', 'info', 'log', 'debug', 'trace'] as const) {
      vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
        texts.push(parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '))
      })
    }
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
  return {
    texts,
    get lines() {
      return texts.filter((text) => text.startsWith('{"level":')).map((text) => JSON.parse(text) as LogLine)
    },
  }
}

/** Bindings of a worker that logs every request. */
export const loggingAll = (bindings: Env, more: Readonly<Record<string, string>> = {}): Env =>
  ({ ...bindings, AUTHLY_LOG_ACCESS_RATIO: '1', ...more }) as Env
