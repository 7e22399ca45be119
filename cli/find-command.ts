/** Which command is meant: the longest run of words that names one, wherever options stand between them. */
import type { Command } from './command.ts'
import { globalOptions } from './global-options.ts'

export interface FoundCommand {
  /** Words that name a command or a group of commands. */
  readonly words: readonly string[]
  readonly command: Command | undefined
  /** Everything else, in its order. */
  readonly args: readonly string[]
}

const takesValue = new Set(
  globalOptions.flatMap(({ name, short, value }) =>
    value ? [`--${name}`, ...(short ? [`-${short}`] : [])] : [],
  ),
)

export function findCommand(commands: readonly Command[], argv: readonly string[]): FoundCommand {
  const words: string[] = []
  const taken = new Set<number>()
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] as string
    if (argument === '--') break
    if (argument.startsWith('-') && argument !== '-') {
      // Its value is no word of the command.
      if (takesValue.has(argument)) index++
      continue
    }
    if (!commands.some((command) => startsWith(command.words, [...words, argument]))) break
    words.push(argument)
    taken.add(index)
  }
  const command = commands.find((one) => one.words.length === words.length && startsWith(one.words, words))
  return { words, command, args: argv.filter((_, index) => !taken.has(index)) }
}

/** Whether `words` begins with all of `start`. */
export const startsWith = (words: readonly string[], start: readonly string[]): boolean =>
  start.every((word, index) => words[index] === word)

/** The name that `typed` most resembles, if any does. */
export function closest(typed: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, distance: editDistance(typed, name) }))
    .sort((a, b) => a.distance - b.distance)
  return best && best.distance <= Math.max(1, Math.floor(typed.length / 3)) ? best.name : undefined
}

function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= Math.min(from.length, 40); i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1
      next.push(Math.min((next[j - 1] as number) + 1, (row[j] as number) + 1, (row[j - 1] as number) + same))
    }
    row = next
  }
  return row.at(-1) as number
}
