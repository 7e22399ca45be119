/** Reads a command's arguments by its declaration, strictly: a mistyped filter must not act on everybody. */
import { parseArgs } from 'node:util'
import type { Command, OptionSpec, OptionValue, PositionalSpec } from './command.ts'
import { type Failure, usage } from './failure.ts'
import { globalOptions } from './global-options.ts'
import { readList } from './read-list.ts'
import { didYouMean, resembling } from './suggest.ts'

export interface ParsedArguments {
  readonly positionals: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, OptionValue>>
}

/** @param args without the command's own words */
export function parseArguments(command: Command, args: readonly string[]): ParsedArguments {
  const specs = [...globalOptions, ...(command.options ?? [])]
  const parsed = parse(specs, withDashedValues(specs, args))
  const options: Record<string, OptionValue> = { ...parsed.values }
  for (const spec of specs) {
    const given = parsed.values[spec.name]
    if (given === undefined) continue
    if (given === false && !spec.negatable) throw usage(`There is no option --no-${spec.name}.`)
    if (spec.list) options[spec.name] = readList(spec.name, given as readonly string[], spec.list)
    for (const value of [options[spec.name] ?? []].flat()) {
      if (typeof value === 'string') checkValue(`--${spec.name}`, value, spec.values)
    }
  }
  const isHelp = options['help'] === true
  return { options, positionals: isHelp ? {} : namePositionals(command, parsed.positionals) }
}

/** `--sort -name` is `--sort=-name`: a value that is one of the possible values is no option, and no hash is one. */
const withDashedValues = (specs: readonly OptionSpec[], args: readonly string[]): readonly string[] =>
  args.reduce<string[]>((joined, argument) => {
    const last = joined.at(-1)
    const spec = argument.startsWith('-') ? specs.find(({ name }) => last === `--${name}`) : undefined
    const isValue = spec?.values?.includes(argument) || (spec?.value === 'hash' && isHash(argument))
    if (isValue) joined[joined.length - 1] = `${last}=${argument}`
    else joined.push(argument)
    return joined
  }, [])

/** SHA-256 as base64url, or a list of them. */
const isHash = (argument: string): boolean => /^[\w-]{43}(,[\w-]{43})*$/.test(argument)

function parse(specs: readonly OptionSpec[], args: readonly string[]) {
  const options = Object.fromEntries(
    specs.map(({ name, short, value, multiple = false, list }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: multiple || list !== undefined,
        ...(short ? { short } : {}),
      },
    ]),
  )
  try {
    const { values, positionals, tokens } = parseArgs({
      ...{ args: [...args], options, strict: true, allowPositionals: true, allowNegative: true },
      tokens: true,
    })
    const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []))
    checkRepetition(specs, names)
    return { values: { ...values } as Record<string, OptionValue>, positionals }
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, specs)
  }
}

/** Attack on oneself: of two filters only the last would count, and more would be deleted than meant. */
function checkRepetition(specs: readonly OptionSpec[], names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  const spec = specs.find(({ name }) => name === twice)
  if (spec && !spec.multiple && !spec.list && !globalOptions.includes(spec))
    throw usage(`--${spec.name} is given twice, and can have one value only.`)
}

/** Errors of `parseArgs`, in words that say what would be right. */
function explain(error: NodeJS.ErrnoException, specs: readonly OptionSpec[]): Error {
  const typed = /'(--?[^\s',]+)/.exec(error.message)?.[1] ?? ''
  const named = /(--[\w-]+)/.exec(error.message)?.[1] ?? typed
  const spec = specs.find(({ name }) => named === `--${name}` || named === `--no-${name}`)
  switch (error.code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return unknownOption(typed, specs)
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      if (spec?.value === undefined) return usage(`${named} takes no value.`)
      return usage(
        `${named} needs a value${spec.values ? `: ${spec.values.join(', ')}` : ` (<${spec.value}>)`}.`,
        error.message.includes('ambiguous') ? `One that begins with a dash: ${named}=-…` : undefined,
      )
    default:
      return error.code?.startsWith('ERR_PARSE_ARGS_') ? usage(error.message) : error
  }
}

/**
 * @param typed with its dashes, perhaps with a value behind `=`
 * @param otherwise what to do when it resembles no option
 */
export function unknownOption(typed: string, specs: readonly OptionSpec[], otherwise?: string): Failure {
  const [name = ''] = typed.split('=')
  const names = specs.flatMap(({ name: known, negatable }) => [
    `--${known}`,
    ...(negatable ? [`--no-${known}`] : []),
  ])
  return usage(`There is no option ${name}.`, didYouMean(resembling(name, names)) ?? otherwise)
}

/** Throws Failure when `value` is none of `values`, and lists them. */
export function checkValue(what: string, value: string, values: readonly string[] | undefined): void {
  if (!values || values.includes(value)) return
  throw usage(
    `${what} is one of ${values.join(', ')}; not “${value}”.`,
    didYouMean(resembling(value, values)),
  )
}

function namePositionals(
  { positionals: wanted = [] }: Command,
  given: readonly string[],
): Record<string, string> {
  if (given.length > wanted.length) throw usage(`“${given[wanted.length]}” is one argument too many.`)
  const missing = wanted.find(({ optional }, index) => !optional && given[index] === undefined)
  if (missing) throw usage(`<${missing.name}> is missing: ${missing.summary}.`)
  return Object.fromEntries(
    wanted.flatMap((spec, index) =>
      given[index] === undefined ? [] : [[spec.name, readPositional(spec, given[index])]],
    ),
  )
}

/** `get` is GET: the possible values differ by more than case. */
function readPositional({ name, values }: PositionalSpec, given: string): string {
  const value = values?.find((one) => one.toLowerCase() === given.toLowerCase()) ?? given
  checkValue(`<${name}>`, value, values)
  return value
}
