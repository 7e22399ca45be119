/** What is said when the words typed name no command: help for the group, or what may have been meant. */
import type { Command } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { type Failure, usage } from './failure.ts'
import { findCommand, startsWith } from './find-command.ts'
import { globalOptions } from './global-options.ts'
import { groupHelp } from './help.ts'
import { unknownOption } from './parse-arguments.ts'
import { didYouMean, resembling } from './suggest.ts'
import { type Terminal, widthOf } from './terminal.ts'

/** Help for the group that `words` name. @returns the exit status: a group alone does nothing */
export function explainGroup(
  commands: readonly Command[],
  words: readonly string[],
  argv: readonly string[],
  wantsHelp: boolean,
  { stdout, stderr }: Terminal,
): number {
  const failure = wantsHelp ? undefined : failureOfWords(commands, argv)
  if (failure) throw failure
  const stream = wantsHelp ? stdout : stderr
  const help = groupHelp(commands, words, widthOf(stream))
  stream.write(`${help}\n`)
  return wantsHelp ? exitCodes.ok.code : exitCodes.usage.code
}

/** @returns undefined when nothing but a group was named: its help is the answer */
function failureOfWords(commands: readonly Command[], argv: readonly string[]): Failure | undefined {
  const { words, args, strayAt } = findCommand(commands, argv)
  const shown = commands.filter((command) => !command.hidden && startsWith(command.words, words))
  const before = strayAt === undefined ? args : argv.slice(0, strayAt)
  const options = [...globalOptions, ...shown.flatMap((command) => command.options ?? [])]
  const unknown = before.find((argument) => argument.startsWith('-') && !isKnown(argument, options))
  const group = ['authly', ...words].join(' ')
  if (unknown !== undefined) return unknownOption(unknown, options, `${group} --help explains it`)
  if (strayAt === undefined) return undefined

  const typed = argv[strayAt] as string
  const next = [...new Set(shown.map((command) => command.words[words.length] ?? ''))].sort()
  const meant = resembling(typed, next).map((word) => commandWith(commands, argv, strayAt, word))
  return usage(
    `There is no command “${group} ${typed}”.`,
    didYouMean(meant.length > 0 ? meant : inAnotherOrder(commands, argv)) ?? `There are: ${next.join(', ')}`,
  )
}

function isKnown(argument: string, options: readonly { name: string; short?: string }[]): boolean {
  const [name = ''] = argument.split('=')
  return options.some(
    (option) =>
      name === `--${option.name}` ||
      name === `--no-${option.name}` ||
      name.startsWith(`-${option.short}`) ||
      name === '-',
  )
}

/** The command that `argv` names once the word at `index` is put right; the group if there is none. */
function commandWith(
  commands: readonly Command[],
  argv: readonly string[],
  index: number,
  word: string,
): string {
  const { words } = findCommand(commands, [...argv.slice(0, index), word, ...argv.slice(index + 1)])
  return ['authly', ...words].join(' ')
}

/** `list users` for `users list`. */
function inAnotherOrder(commands: readonly Command[], argv: readonly string[]): readonly string[] {
  const typed = argv.filter((argument) => !argument.startsWith('-')).slice(0, 3)
  return commands
    .filter(({ words }) => words.length > 1 && words.length <= typed.length)
    .filter(({ words }) => words.every((word) => typed.slice(0, words.length).includes(word)))
    .map(({ words }) => ['authly', ...words].join(' '))
}
