/** `--help`, made from the declarations. */
import type { Command, OptionSpec } from './command.ts'
import { usageOf } from './command.ts'
import { startsWith } from './find-command.ts'
import { globalOptions } from './global-options.ts'
import { pad, textWidth } from './output/text-width.ts'

/** What groups are about. */
export const groupSummaries: Readonly<Record<string, string>> = {
  api: 'Any request to the admin API',
  audit: 'The audit trail: live, search, export, verify',
  clients: 'Applications and their secrets',
  completion: 'Completion for a shell',
  jobs: 'Background jobs',
  keys: 'Signing keys',
  profiles: 'Servers and accounts this machine knows',
  roles: 'Roles and their permissions',
  scopes: 'Scopes',
  'resource-servers': 'APIs that tokens are for',
  settings: 'Settings of the server',
  'rate-limits': 'Rate-limit policies',
  users: 'People and their accounts',
}

/** Help for one command. */
export function commandHelp(command: Command): string {
  const { summary, description, positionals = [], options = [], examples = [] } = command
  return [
    `${summary}.`,
    ...(description ? ['', description] : []),
    ...['', `Usage: ${usageOf(command)}`],
    ...section(
      'Arguments',
      positionals.map(({ name, summary }) => [name, summary]),
    ),
    ...section('Options', options.map(optionRow)),
    ...section('Global options', globalOptions.map(optionRow)),
    ...(examples.length === 0 ? [] : ['', 'Examples:', ...examples.map((example) => `  ${example}`)]),
  ].join('\n')
}

/** Help for the program or a group: what there is below `words`. */
export function groupHelp(commands: readonly Command[], words: readonly string[]): string {
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
    ),
    ...(words.length === 0 ? section('Global options', globalOptions.map(optionRow)) : []),
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
  const { summary, values, multiple, secret } = option
  const notes = [
    values && values.length > 4 ? `one of ${values.join(', ')}` : '',
    multiple ? 'can be repeated' : '',
    secret ? '`-` for stdin, `@file` or `env:NAME`' : '',
  ].filter((note) => note !== '')
  return [optionName(option), notes.length > 0 ? `${summary} (${notes.join('; ')})` : summary]
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  if (rows.length === 0) return []
  const width = Math.min(34, Math.max(...rows.map(([name]) => textWidth(name))))
  return ['', `${title}:`, ...rows.map(([name, text]) => `  ${pad(name, width)}  ${text}`.trimEnd())]
}
