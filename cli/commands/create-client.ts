/** `authly clients create`: that of the operation, and with a preset the environment of the application. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
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
        name: 'env-file',
        value: 'file',
        summary: 'Where to write the variables of a preset; otherwise stdout',
      },
    ],
    examples: [
      'authly clients create --preset spa --framework react --env-file .env.local',
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

/** The name of a preset's client is that of the folder the application is in, if none was given. */
function withName(context: CommandContext): CommandContext {
  const { options } = context
  const isPreset = options['preset'] !== undefined || options['framework'] !== undefined
  if (!isPreset || options['client-name'] !== undefined || options['data'] !== undefined) return context
  return { ...context, options: { ...options, 'client-name': nameOfFolder(process.cwd()) } }
}

function nameOfFolder(folder: string): string {
  const name = packageName() ?? basename(folder)
  return /^[^\p{C}\p{Z}][^\p{C}]{0,99}$/u.test(name) ? name : 'Application'
}

function packageName(): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { name?: unknown }
    return typeof name === 'string' && name !== '' ? name : undefined
  } catch {
    return undefined
  }
}

function checkEnvFile({ options }: CommandContext): void {
  const mayHavePreset = ['preset', 'framework', 'data'].some((name) => options[name] !== undefined)
  if (options['env-file'] !== undefined && !mayHavePreset)
    throw usage(
      '--env-file is for the variables of a preset.',
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
    `${answer['client_name']} (${of}). Holds what only the application may know: keep it out of version control.`,
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
  if (file) output.note(`Written to the env file, readable by you alone: ${environment.length} variables.`)
  return true
}

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
