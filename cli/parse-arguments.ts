/** Reads a command's arguments by its declaration, strictly: a mistyped filter must not act on everybody. */
import { parseArgs } from 'node:util'
import type { Command, OptionSpec, OptionValue } from './command.ts'
import { usage } from './failure.ts'
import { globalOptions } from './global-options.ts'

export interface ParsedArguments {
  readonly positionals: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, OptionValue>>
}

/** @param args without the command's own words */
export function parseArguments(command: Command, args: readonly string[]): ParsedArguments {
  const specs = [...globalOptions, ...(command.options ?? [])]
  const parsed = parse(specs, args)
  for (const { name, values } of specs) {
    for (const value of [parsed.values[name] ?? []].flat()) {
      if (values && typeof value === 'string' && !values.includes(value)) {
        throw usage(`--${name} is one of ${values.join(', ')}.`)
      }
    }
  }
  for (const { name, negatable } of specs) {
    if (parsed.values[name] === false && !negatable) throw usage(`There is no option --no-${name}.`)
  }
  return {
    options: parsed.values,
    positionals: namePositionals(command, parsed.positionals, parsed.values['help'] === true),
  }
}

function parse(specs: readonly OptionSpec[], args: readonly string[]) {
  const options = Object.fromEntries(
    specs.map(({ name, short, value, multiple = false }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        multiple,
        ...(short ? { short } : {}),
      },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({
      ...{ args: [...args], options, strict: true, allowPositionals: true, allowNegative: true },
    })
    return { values: { ...values } as Record<string, OptionValue>, positionals }
  } catch (error) {
    throw usage(`${(error as Error).message.replace(/\. To specify.*$/s, '.')}`)
  }
}

function namePositionals(
  { positionals: wanted = [] }: Command,
  given: readonly string[],
  isHelp: boolean,
): Record<string, string> {
  if (isHelp) return {}
  if (given.length > wanted.length) throw usage(`“${given[wanted.length]}” is one argument too many.`)
  const missing = wanted.find(({ optional }, index) => !optional && given[index] === undefined)
  if (missing) throw usage(`<${missing.name}> is missing: ${missing.summary}.`)
  return Object.fromEntries(
    wanted.flatMap(({ name }, index) => (given[index] === undefined ? [] : [[name, given[index]]])),
  )
}
