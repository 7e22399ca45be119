/** What could come next on a command line: the one answer behind the scripts of all shells. */
import type { Command, OptionSpec } from '../command.ts'
import { findCommand, startsWith } from '../find-command.ts'
import { globalOptions } from '../global-options.ts'

export interface Suggestion {
  readonly value: string
  readonly summary: string
}

/**
 * @param typed the words after `authly`, the last one being completed (perhaps empty)
 * @param profiles names for `--profile`
 */
export function complete(
  commands: readonly Command[],
  typed: readonly string[],
  profiles: readonly string[] = [],
): readonly Suggestion[] {
  const last = typed.at(-1) ?? ''
  const before = typed.slice(0, -1)
  const { words, command, args } = findCommand(commands, before)
  const options = [...globalOptions, ...(command?.options ?? [])]
  const pending = optionBefore(options, before.at(-1))
  // Of `user,cl` the first entry is there already.
  const begun = pending?.list ? last.slice(0, last.lastIndexOf(',') + 1) : ''
  const candidates = pending
    ? valuesOf(pending, profiles).map(({ value, summary }) => ({ value: begun + value, summary }))
    : last.startsWith('-')
      ? options.flatMap(spellings)
      : command
        ? positionalValues(command, args, options)
        : nextWords(commands, words)
  return candidates.filter(({ value }) => value.startsWith(last))
}

const optionBefore = (options: readonly OptionSpec[], word = ''): OptionSpec | undefined =>
  options.find(({ name, short, value }) => value && (word === `--${name}` || (short && word === `-${short}`)))

const valuesOf = ({ name, values = [] }: OptionSpec, profiles: readonly string[]): readonly Suggestion[] =>
  (name === 'profile' ? profiles : values).map((value) => ({ value, summary: '' }))

const spellings = ({ name, negatable, summary }: OptionSpec): readonly Suggestion[] => [
  { value: `--${name}`, summary },
  ...(negatable ? [{ value: `--no-${name}`, summary: '' }] : []),
]

function positionalValues(
  { positionals = [] }: Command,
  args: readonly string[],
  options: readonly OptionSpec[],
): readonly Suggestion[] {
  const given = args.filter((word, index) => !word.startsWith('-') && !optionBefore(options, args[index - 1]))
  return (positionals[given.length]?.values ?? []).map((value) => ({ value, summary: '' }))
}

function nextWords(commands: readonly Command[], words: readonly string[]): readonly Suggestion[] {
  const next = new Map<string, string>()
  for (const command of commands) {
    const word = command.words[words.length]
    if (command.hidden || word === undefined || !startsWith(command.words, words)) continue
    next.set(word, command.words.length === words.length + 1 ? command.summary : (next.get(word) ?? ''))
  }
  return [...next].map(([value, summary]) => ({ value, summary }))
}
