/** Which command is meant: the longest run of words that names one, wherever options stand between them. */
import type { Command, OptionSpec } from './command.ts'
import { globalOptions } from './global-options.ts'

export interface FoundCommand {
  /** Words that name a command or a group of commands. */
  readonly words: readonly string[]
  readonly command: Command | undefined
  /** Everything else, in its order. */
  readonly args: readonly string[]
  /** Where in `argv` the first word stands that continues no command; undefined: there is none. */
  readonly strayAt: number | undefined
}

export function findCommand(commands: readonly Command[], argv: readonly string[]): FoundCommand {
  const words: string[] = []
  const taken = new Set<number>()
  let strayAt: number | undefined
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] as string
    if (argument === '--') break
    if (argument.startsWith('-') && argument !== '-') {
      // Its value is no word of the command.
      if (takesValue(argument, commands, words)) index++
      continue
    }
    if (!commands.some((command) => startsWith(command.words, [...words, argument]))) {
      strayAt = index
      break
    }
    words.push(argument)
    taken.add(index)
  }
  const command = commands.find((one) => one.words.length === words.length && startsWith(one.words, words))
  return { words, command, args: argv.filter((_, index) => !taken.has(index)), strayAt }
}

/** Whether what follows `argument` is its value: for a global option, or one of a command below `words`. */
function takesValue(argument: string, commands: readonly Command[], words: readonly string[]): boolean {
  const isMeant = ({ name, short }: OptionSpec) => argument === `--${name}` || argument === `-${short}`
  const option =
    globalOptions.find(isMeant) ??
    commands
      .filter((command) => startsWith(command.words, words))
      .flatMap(({ options = [] }) => options)
      .find(isMeant)
  return option?.value !== undefined
}

/** Whether `words` begins with all of `start`. */
export const startsWith = (words: readonly string[], start: readonly string[]): boolean =>
  start.every((word, index) => words[index] === word)
