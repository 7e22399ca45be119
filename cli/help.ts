/** `--help`, made from the declarations. */
import type { Command, OptionSpec, PositionalSpec } from './command.ts'
import { usageOf } from './command.ts'
import { startsWith } from './find-command.ts'
import { globalOptions } from './global-options.ts'
import { pad, textWidth } from './output/text-width.ts'
import { timeForms } from './read-time.ts'

/** What groups are about. */
export const groupSummaries: Readonly<Record<string, string>> = {
  api: 'Any request to the admin API',
  audit: 'The audit trail: live, search, export, verify',
  branding: 'Pictures of the hosted pages',
  clients: 'Applications and their secrets',
  completion: 'Completion for a shell',
  jobs: 'Background jobs',
  keys: 'Signing keys',
  profiles: 'Servers and accounts this machine knows',
  roles: 'Roles and their permissions',
  scopes: 'Scopes',
  'resource-servers': 'APIs that tokens are for',
  'client-profiles': 'What profiles demand of clients, and what a change of them would do',
  settings: 'Settings of the server',
  'rate-limits': 'Rate-limit policies',
  users: 'People and their accounts',
}

/**
 * Help for one command.
 * @param width of the terminal; undefined: lines are as long as they are
 */
export function commandHelp(command: Command, width?: number): string {
  const { summary, description, positionals = [], options = [], examples = [] } = command
  return [
    `${summary}.`,
    ...(description ? ['', ...description.split('\n').flatMap((line) => wrap(line, width))] : []),
    ...['', `Usage: ${usageOf(command)}`],
    ...section('Arguments', positionals.map(positionalRow), width),
    ...section('Options', options.map(optionRow), width),
    ...(options.some(({ value }) => value === 'time') ? ['', ...wrap(timeForms, width ?? 100)] : []),
    ...section('Global options', globalOptions.map(optionRow), width),
    ...(examples.length === 0 ? [] : ['', 'Examples:', ...examples.map((example) => `  ${example}`)]),
  ].join('\n')
}

/** Help for the program or a group: what there is below `words`. */
export function groupHelp(commands: readonly Command[], words: readonly string[], width?: number): string {
  const below = commands.filter((command) => !command.hidden && startsWith(command.words, words))
  const entries = new Map<string, string>()
  for (const { words: all, summary } of below) {
    const next = all.slice(0, words.length + (words.length === 0 ? 1 : all.length)).join(' ')
    const isGroup = words.length === 0 && all.length > 1
    entries.set(next, isGroup ? (groupSummaries[next] ?? `Commands about ${next}`) : summary)
  }
  return [
    words.length === 0
      ? 'Administers an Authly server.'
      : `${groupSummaries[words.join(' ')] ?? `Commands about ${words.join(' ')}`}.`,
    ...['', `Usage: ${['authly', ...words].join(' ')} <command> [options]`],
    ...section(
      'Commands',
      [...entries].sort(([a], [b]) => (a < b ? -1 : 1)),
      width,
    ),
    ...(words.length === 0 ? section('Global options', globalOptions.map(optionRow), width) : []),
    ...['', `More about a command: ${['authly', ...words].join(' ')} <command> --help`],
  ].join('\n')
}

/** `-o, --output <format>` */
export function optionName({ name, short, value, negatable, values }: OptionSpec): string {
  const long = negatable ? `--[no-]${name}` : `--${name}`
  const placeholder = values && values.length <= 4 ? values.join('|') : value
  return `${short ? `-${short}, ` : ''}${long}${value ? ` <${placeholder}>` : ''}`
}

const optionRow = (option: OptionSpec): [string, string] => {
  const { summary, values, multiple, list, secret } = option
  const notes = [
    values && values.length > 4 ? `one of ${values.join(', ')}` : '',
    multiple ? 'can be repeated' : '',
    list ? 'separated by commas, or repeated' : '',
    secret ? '`-` for stdin, `@file` or `env:NAME`' : '',
  ].filter((note) => note !== '')
  return [optionName(option), notes.length > 0 ? `${summary} (${notes.join('; ')})` : summary]
}

const positionalRow = ({ name, summary, values }: PositionalSpec): [string, string] => [
  name,
  values && !summary.includes(values[0] ?? '') ? `${summary} (one of ${values.join(', ')})` : summary,
]

function section(
  title: string,
  rows: readonly (readonly [string, string])[],
  width: number | undefined,
): string[] {
  if (rows.length === 0) return []
  const column = Math.min(34, Math.max(...rows.map(([name]) => textWidth(name))))
  // Beside the names there must be room to read; otherwise the text stands below them.
  const beside = width === undefined ? undefined : width - column - 4
  return [
    ...['', `${title}:`],
    ...rows.flatMap(([name, text]) => {
      if (beside !== undefined && beside < narrowest) {
        return [`  ${name}`, ...wrap(text, (width ?? 0) - 6).map((line) => `      ${line}`)]
      }
      const [first = '', ...more] = wrap(text, beside)
      const indent = ' '.repeat(column + 4)
      return [`  ${pad(name, column)}  ${first}`.trimEnd(), ...more.map((line) => indent + line)]
    }),
  ]
}

/** Fewer columns than these are no text. */
const narrowest = 24

/** Lines of at most `width` columns, broken between words; one that is longer stays whole. */
function wrap(text: string, width: number | undefined): readonly string[] {
  if (width === undefined) return [text]
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && textWidth(last) + 1 + textWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
