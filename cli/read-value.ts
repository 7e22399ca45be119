/** Values that arguments only point to: `-` is stdin, `@path` a file, `env:NAME` a variable. */
import { readFile } from 'node:fs/promises'
import type { CommandContext, OptionSpec } from './command.ts'
import { usage } from './failure.ts'

type Needs = Pick<CommandContext, 'readStdin' | 'terminal'>

/** A secret; never the argument itself, which `ps` shows to everybody. */
export async function readSecret(
  needs: Needs,
  option: Pick<OptionSpec, 'name'>,
  value: string,
): Promise<string> {
  if (value === '-') return withoutLineEnd(await needs.readStdin())
  if (value.startsWith('@')) return withoutLineEnd(await readText(value.slice(1)))
  if (value.startsWith('env:')) {
    const found = needs.terminal.env[value.slice(4)]
    if (found) return found
    throw usage(`The variable ${value.slice(4)} is empty.`)
  }
  throw usage(
    `--${option.name} would show the secret to everybody on this machine.`,
    `Give it on stdin (--${option.name} -), in a file (@path) or in a variable (env:NAME).`,
  )
}

/** JSON given in place, on stdin or in a file. */
export async function readJson(needs: Needs, option: string, value: string): Promise<unknown> {
  const text =
    value === '-' ? await needs.readStdin() : value.startsWith('@') ? await readText(value.slice(1)) : value
  try {
    return JSON.parse(text)
  } catch {
    throw usage(`--${option} is not JSON.`)
  }
}

export const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw usage(`${path} cannot be read (${error.code}).`)
  })

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '')
