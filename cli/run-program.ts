/** From arguments to an exit status: finds the command, reads its arguments, runs it, explains failures. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { buffer } from 'node:stream/consumers'
import type { JWK } from 'jose'
import { type ApiClient, createApiClient } from './api/api-client.ts'
import { checkOwnOnly } from './auth/private-folder.ts'
import { createProfileStore } from './auth/profile-store.ts'
import { openSession, type Session } from './auth/session.ts'
import type { Command, CommandContext, GlobalOptions, OptionValue } from './command.ts'
import { usageOf } from './command.ts'
import { complete } from './completion/complete.ts'
import { explainGroup } from './explain-group.ts'
import { Failure, usage } from './failure.ts'
import { findCommand } from './find-command.ts'
import { commandHelp } from './help.ts'
import { createOutput, type Output } from './output/output.ts'
import { safeJson, safeLines, safeText } from './output/safe-text.ts'
import { parseArguments } from './parse-arguments.ts'
import { readJson } from './read-value.ts'
import { strictText } from './strict-text.ts'
import { isInteractive, type Terminal, widthOf } from './terminal.ts'

/** @returns the exit status */
export async function runProgram(
  commands: readonly Command[],
  argv: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (argv[0] === '__complete') return answerCompletion(commands, argv.slice(1), terminal)
  if (argv[0] === 'help') return runProgram(commands, [...argv.slice(1), '--help'], terminal)
  const { words, command, args } = findCommand(commands, argv)
  const wantsHelp = args.includes('--help') || args.includes('-h')
  const isJson = wantsJson(argv)
  try {
    if (!command && asksForVersion(args)) return writeVersion(terminal)
    if (!command) return explainGroup(commands, words, argv, wantsHelp, terminal)
    const { options, positionals } = parseArguments(command, args)
    if (options['help'] === true) {
      terminal.stdout.write(`${commandHelp(command, widthOf(terminal.stdout))}\n`)
      return 0
    }
    if (options['version'] === true) return writeVersion(terminal)
    const global = readGlobal(options)
    const context = createContext({ options, positionals, global, terminal })
    return (await command.run(context)) ?? 0
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const more =
      error.reason === 'usage' && command && !error.hint
        ? `Usage: ${usageOf(command)}; --help explains it`
        : error.hint
    report(error, more, isJson, terminal)
    return error.exitCode
  }
}

/** Read before anything else: a script wants JSON of a mistyped command, too. */
const wantsJson = (argv: readonly string[]): boolean =>
  argv.some(
    (argument, index) =>
      /^(--output=|-o)(nd)?json$/.test(argument) ||
      (/^(--output|-o)$/.test(argument) && /^(nd)?json$/.test(argv[index + 1] ?? '')),
  )

const asksForVersion = (args: readonly string[]): boolean => args.includes('--version') || args.includes('-V')

function writeVersion({ stdout }: Terminal): number {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  stdout.write(`authly ${(JSON.parse(file) as { version: string }).version}\n`)
  return 0
}

/** For the scripts of `authly completion`: lines of value, tab, summary. */
async function answerCompletion(
  commands: readonly Command[],
  typed: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const { profiles } = await createProfileStore(terminal)
    .list()
    .catch(() => ({ profiles: {} }))
  for (const { value, summary } of complete(commands, typed, Object.keys(profiles))) {
    terminal.stdout.write(`${safeText(value)}\t${safeText(summary)}\n`)
  }
  return 0
}

function report(failure: Failure, hint: string | undefined, isJson: boolean, { stderr }: Terminal): void {
  if (isJson) {
    const { reason, message, problem } = failure
    stderr.write(
      `${safeJson({ error: reason, message, ...(hint ? { hint } : {}), ...(problem ? { problem } : {}) })}\n`,
    )
  } else {
    stderr.write(`authly: ${safeLines(failure.message)}\n${hint ? `  ${safeLines(hint)}\n` : ''}`)
  }
}

const readGlobal = (options: Readonly<Record<string, OptionValue>>): GlobalOptions => ({
  profile: options['profile'] as string | undefined,
  issuer: options['issuer'] as string | undefined,
  output: (options['output'] as GlobalOptions['output'] | undefined) ?? 'table',
  dryRun: options['dry-run'] === true,
  yes: options['yes'] === true,
  browser: options['browser'] !== false,
})

type Given = Pick<CommandContext, 'options' | 'positionals' | 'global' | 'terminal'>

function createContext(given: Given): CommandContext {
  const { options, global, terminal } = given
  const profiles = createProfileStore(terminal)
  const output: Output = createOutput(terminal, global.output, options['color'] !== false)
  const stepUp = (options['step-up'] as string | undefined) ?? terminal.env['AUTHLY_STEP_UP'] ?? 'auto'
  const session = once(() =>
    openSession(
      profiles,
      {
        ...{ profile: global.profile, issuer: global.issuer, noBrowser: !global.browser },
        canStepUp: stepUp === 'always' || (stepUp !== 'never' && isInteractive(terminal)),
      },
      terminal,
    ),
  )
  const stdin = terminal.stdin as NodeJS.ReadableStream & AsyncIterable<Uint8Array>
  const readStdin = once(async () => strictText(await buffer(stdin), 'stdin'))
  return {
    ...given,
    ...{ profiles, output, session, readStdin },
    api: once(async () => createClient(await session(), given, readStdin)),
    confirm: (question) => confirm(question, given),
  }
}

async function createClient(
  session: Session,
  { options, terminal }: Given,
  readStdin: () => Promise<string>,
): Promise<ApiClient> {
  const file = (options['sign-key'] as string | undefined) ?? terminal.env['AUTHLY_SIGN_KEY']
  const signKey = !file ? undefined : await readSignKey(file, { readStdin, terminal })
  return createApiClient({ session, signKey, terminal, verbose: options['verbose'] === true })
}

async function readSignKey(
  file: string,
  needs: Pick<CommandContext, 'readStdin' | 'terminal'>,
): Promise<JWK> {
  await checkOwnOnly(file, 'Otherwise register another key.').catch((error: NodeJS.ErrnoException) => {
    throw error.code ? usage(`${file} cannot be read (${error.code}).`) : error
  })
  const key = (await readJson(needs, 'sign-key', `@${file}`)) as JWK
  if (key?.d !== undefined) return key
  throw usage(`${file} is not a private JWK.`)
}

async function confirm(question: string, { global, terminal }: Given): Promise<void> {
  if (global.yes || global.dryRun) return
  if (!isInteractive(terminal))
    throw usage('This needs a confirmation, and nobody can be asked.', 'Add --yes if you mean it.')
  const lines = createInterface({ input: terminal.stdin, output: terminal.stderr })
  try {
    const answer = await lines
      .question(`${safeLines(question)} [y/N] `, { signal: terminal.interrupted })
      .catch(() => '')
    if (!/^y(es)?$/i.test(answer.trim()))
      throw new Failure('usage', 'Nothing was done.', { hint: 'Answer y to go on.' })
  } finally {
    lines.close()
  }
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => (made ??= make())
}
