/** What seeing it costs, by option. Sizes are estimates: a line of JSON, a span with its attributes. */
import { billedDollars } from './prices.ts'

const bytes = { invocation: 700, line: 450, span: 600 }
const gb = 1e9
/** Days that logs and traces are kept. */
const retentionDays = 7
/** Calls and alarms of objects are invocations too. */
const invocationsPerRequest = 2.5
const spansPerTrace = 6
const refusedShare = 0.01
/** The default of `AUTHLY_LOG_ACCESS_RATIO`, and `head_sampling_rate` of traces in wrangler.toml. */
export const accessShare = 0.01
export const tracedShare = 0.01

const isolates = 10
/** `gatherMs` in src/telemetry/hand-over.ts. */
const secondsBetweenDeltas = 5
const secondsPerMonth = 30 * 86_400

const money = (amount: number): string => `$${amount.toFixed(2)}`

/** Rows of the table: option, dollars a month, how it comes about. */
export function telemetryRows(requests: number): readonly (readonly string[])[] {
  const lines = requests * (refusedShare + accessShare)
  const spans = requests * spansPerTrace * bytes.span
  const deployed = lines * bytes.line + tracedShare * spans
  const more = (option: string, ingested: number, how = ''): readonly string[] => [
    option,
    `+ ${added(deployed, ingested)}`,
    `${size(ingested)} more${how}`,
  ]
  const deltas = (isolates * secondsPerMonth) / secondsBetweenDeltas
  return [
    [
      'As `wrangler.toml` has it, until November',
      money(billedDollars('logEvents', lines)),
      `${(lines / 1e6).toFixed(1)} million lines: one for each refusal and for one success in a hundred`,
    ],
    [
      'The same from December',
      money(cost(deployed)),
      `${size(deployed)} a month: these lines, and traces of one request in a hundred`,
    ],
    more(
      'A line for every request (`AUTHLY_LOG_ACCESS_RATIO` of 1)',
      requests * (1 - accessShare) * bytes.line,
    ),
    more('Traces of all (`head_sampling_rate` of 1)', (1 - tracedShare) * spans),
    more(
      'Cloudflare’s own lines (`invocation_logs = true`)',
      requests * invocationsPerRequest * bytes.invocation,
      ': one for each invocation of Worker and objects',
    ),
    [
      'Metrics',
      `+ ${money((deltas * 0.15) / 1e6)} to ${money((deltas * 1.15) / 1e6)}`,
      `a call of an object and a written row every ${secondsBetweenDeltas} s from each of ${isolates} busy isolates; less while written rows are included; CPU on top`,
    ],
  ]
}

const size = (amount: number): string => `${(amount / gb).toFixed(1)} GB`

const cost = (ingested: number): number =>
  billedDollars('telemetryGb', ingested / gb) +
  billedDollars('telemetryGbMonths', (ingested / gb) * (retentionDays / 30))

const added = (before: number, more: number): string => money(cost(before + more) - cost(before))
