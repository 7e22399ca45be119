/** `authly clients create`: that of the operation, and with a preset the environment of the application. */
import { readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { CatalogueOperation } from '../api/catalogue.ts'
import type { Command, CommandContext } from '../command.ts'
import { usage } from '../failure.ts'
import type { Item } from '../output/table.ts'
import { type EnvFile, openEnvFile } from './env-file.ts'
import { envText, type Variable, withOwnSecrets } from './env-text.ts'
import { commandOf } from './from-operation.ts'

interface Setup {
  readonly preset: string
  readonly framework: string | null
  readonly environment: readonly Variable[]
  readonly env_file: string
  readonly library: string | null
  readonly notes: readonly string[]
}

export function createClient(
  operation: CatalogueOperation,
  words: readonly string[],
  all: readonly CatalogueOperation[],
): Command {
  const plain = commandOf(operation, words, all)
  return {
    ...plain,
    options: [
      ...(plain.options ?? []),
      {
        // Not `--env-file`: Node takes that for its own, wherever it stands, and ends when there is no such file.
        name: 'write-env',
        value: 'file',
        summary: 'Where to write the variables of a preset; otherwise stdout',
      },
    ],
    examples: [
      'authly clients create --preset spa --framework react --write-env .env.local',
      'authly clients create --preset web --framework nextjs > .env.local',
      'authly clients create --preset machine --client-name Reports --resources https://api.example.com --scope reports:read > .env',
    ],
    async run(given) {
      const context = withName(given)
      checkEnvFile(context)
      const file = await openEnvFile(context)
      let isMade = false
      const show = async (answer: Item) => {
        isMade = true
        return showSetup(context, answer, file)
      }
      try {
        return await commandOf(operation, words, all, show).run(context)
      } finally {
        if (!isMade) await file?.discard()
      }
    },
  }
}

/** A preset's client is called what the application is called, if no name was given. */
function withName(context: CommandContext): CommandContext {
  const { options } = context
  const kind = options['framework'] ?? options['preset']
  if (kind === undefined || options['client-name'] !== undefined || options['data'] !== undefined)
    return context
  const envFile = options['write-env'] as string | undefined
  const folder = envFile === undefined ? process.cwd() : dirname(resolve(envFile))
  // Run where it is, it is about no application.
  const name = folder === ownFolder ? undefined : nameOfApplication(folder)
  return { ...context, options: { ...options, 'client-name': name ?? `My ${kind} application` } }
}

const ownFolder = resolve(import.meta.dirname, '..', '..')

function nameOfApplication(folder: string): string | undefined {
  const name = packageName(folder) ?? basename(folder)
  return /^[^\p{C}\p{Z}][^\p{C}]{0,99}$/u.test(name) ? name : undefined
}

function packageName(folder: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown }
    return typeof name === 'string' && name !== '' ? name : undefined
  } catch {
    return undefined
  }
}

function checkEnvFile({ options }: CommandContext): void {
  const mayHavePreset = ['preset', 'framework', 'data'].some((name) => options[name] !== undefined)
  if (options['write-env'] !== undefined && !mayHavePreset)
    throw usage(
      '--write-env is for the variables of a preset.',
      'Add --preset or --framework; authly clients create --help lists them.',
    )
}

/** @returns whether there was something to show */
async function showSetup(
  { output, terminal }: CommandContext,
  answer: Item,
  file: EnvFile | undefined,
): Promise<boolean> {
  const setup = answer['setup'] as Setup | undefined
  if (!setup) return false
  const environment = withOwnSecrets(setup.environment)
  const of = [setup.preset, setup.framework].filter(Boolean).join(', ')
  const text = envText(
    `${answer['client_name']} (${of})${hasSecret(environment) ? ': holds secrets, so keep it out of version control' : ''}`,
    environment,
  )
  await file?.write(text).catch((error: unknown) => {
    // The secret is not shown again: better here than nowhere.
    terminal.stdout.write(text)
    throw error
  })
  if (output.format !== 'table') output.thing({ ...answer, setup: { ...setup, environment } })
  else if (!file) terminal.stdout.write(text)
  if (output.format === 'table') {
    for (const line of linesAbout(answer, setup)) output.note(line)
    if (terminal.stdout.isTTY && !file) output.note(`Put the lines above into ${setup.env_file}.`)
  }
  if (file) output.note(`Written to ${file.path}, readable by you alone.`)
  return true
}

const hasSecret = (environment: readonly Variable[]): boolean =>
  environment.some(({ name }) => name.endsWith('_SECRET'))

function linesAbout(answer: Item, { library, notes }: Setup): readonly string[] {
  const redirects = answer['redirect_uris'] as readonly string[]
  return [
    `Registered “${answer['client_name']}” as ${answer['client_id']}.`,
    ...(redirects.length > 0 ? [`People come back to ${redirects.join(' or ')}`] : []),
    ...(library === null ? [] : [`Library: ${library}`]),
    ...notes,
    ...(answer['client_secret'] === undefined
      ? []
      : ['The secret is shown this once; authly clients secrets create makes another.']),
  ]
}
