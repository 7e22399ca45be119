/** The options of `npm start`. */
import { parseArgs } from 'node:util'
import { errorCode, OperatorError } from '../process/operator-error.ts'
import { developmentPort } from './development-port.ts'

const usage = `Usage: npm start [-- options]

  --port <number>   of the worker; default PORT, or 8787. With --ephemeral: 0 (any free one)
  --ephemeral       a server for tests: a database of its own that goes with it, people and applications of --seed,
                    a clock that can be moved
  --seed <file>     with --ephemeral: JSON of what to make (docs/guide/testing.md)
  --json            with --ephemeral: one line of JSON when it is ready, and nothing else on stdout
  -h, --help        this text
`

export type StartOptions =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'development'; readonly port: number }
  | {
      readonly kind: 'ephemeral'
      /** 0 for any. */
      readonly port: number
      readonly seedFile: string | undefined
      readonly asJson: boolean
    }

/** Throws OperatorError for options that make no sense. */
export function readStartOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): StartOptions {
  const values = parse(args)
  if (values.help) return { kind: 'help', text: usage }
  if (!values.ephemeral) {
    const alone = (['seed', 'json'] as const).find((name) => values[name] !== undefined)
    if (alone !== undefined) throw misuse(`--${alone} is an option of --ephemeral.`)
    return { kind: 'development', port: developmentPort({ PORT: values.port ?? env['PORT'] }) }
  }
  const wanted = values.port ?? '0'
  const port = wanted === '0' ? 0 : developmentPort({ PORT: wanted })
  return { kind: 'ephemeral', port, seedFile: values.seed, asJson: values.json === true }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        ephemeral: { type: 'boolean' },
        port: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    if (errorCode(error)?.startsWith('ERR_PARSE_ARGS')) throw misuse((error as Error).message)
    throw error
  }
}

const misuse = (message: string) => new OperatorError(message, 'npm start -- --help lists the options.')
