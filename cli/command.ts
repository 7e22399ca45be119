/** How a command is declared. Help, completion and docs/cli.md are made from this and nothing else. */
import type { ApiClient } from './api/api-client.ts'
import type { ProfileStore } from './auth/profile-store.ts'
import type { Session } from './auth/session.ts'
import type { Output } from './output/output.ts'
import type { Terminal } from './terminal.ts'

export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string
  readonly summary: string
  readonly short?: string
  /** What stands for the value in help: `--limit <number>`. Absent: a switch. */
  readonly value?: string
  /** The only values there are; also for completion. */
  readonly values?: readonly string[]
  /** Given again and again, each time for one value. */
  readonly multiple?: boolean
  /** A list, by commas or by repetition; `' '`: by spaces too. */
  readonly list?: ',' | ' '
  /** A switch with an opposite: `--x` and `--no-x`. */
  readonly negatable?: boolean
  /** Given as `-` (stdin), `@file` or `env:NAME`: arguments are visible to everybody on the machine. */
  readonly secret?: boolean
}

export interface PositionalSpec {
  readonly name: string
  readonly summary: string
  readonly optional?: boolean
  readonly values?: readonly string[]
}

export type OptionValue = string | boolean | readonly string[] | undefined

/** Options that every command takes, read already. */
export interface GlobalOptions {
  readonly profile: string | undefined
  readonly issuer: string | undefined
  readonly output: 'table' | 'json' | 'ndjson'
  readonly dryRun: boolean
  readonly yes: boolean
  readonly browser: boolean
}

/** What a command runs with. */
export interface CommandContext {
  readonly positionals: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, OptionValue>>
  readonly global: GlobalOptions
  readonly terminal: Terminal
  readonly output: Output
  readonly profiles: ProfileStore
  session(): Promise<Session>
  api(): Promise<ApiClient>
  /** Asks before something that cannot be undone. Throws Failure when the answer is not yes. */
  confirm(question: string): Promise<void>
  /** Stdin as text. */
  readStdin(): Promise<string>
}

export interface Command {
  /** `['users', 'list']` */
  readonly words: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly positionals?: readonly PositionalSpec[]
  readonly options?: readonly OptionSpec[]
  /** Operations of the admin API it calls, by id. */
  readonly operations?: readonly string[]
  readonly examples?: readonly string[]
  /** Left out of help and documents. */
  readonly hidden?: boolean
  /** @returns the exit status; nothing: 0 */
  run(context: CommandContext): Promise<number | undefined>
}

export const defineCommand = (command: Command): Command => command

/** `<required>` and `[optional]`, as help shows them. */
export const usageOf = ({ words, positionals = [], options = [] }: Command): string =>
  [
    'authly',
    ...words,
    ...positionals.map(({ name, optional }) => (optional ? `[${name}]` : `<${name}>`)),
    ...(options.length > 0 ? ['[options]'] : []),
  ].join(' ')
