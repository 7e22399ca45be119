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

const isolates = 10
const secondsBetweenDeltas = 10
const secondsPerMonth = 30 * 86_400

const money = (amount: number): string => `$${amount.toFixed(2)}`

/** Rows of the table: option, dollars a month, how it comes about. */
export function telemetryRows(requests: number): readonly (readonly string[])[] {
  const events = requests * (invocationsPerRequest + refusedShare)
  const invocations = requests * invocationsPerRequest * bytes.invocation
  const refusals = requests * refusedShare * bytes.line
  const traced = (ratio: number) => requests * ratio * spansPerTrace * bytes.span
  const deltas = (isolates * secondsPerMonth) / secondsBetweenDeltas
  return [
    [
      'Workers Logs as `wrangler.toml` has them, until November',
      money(billedDollars('logEvents', events)),
      'an event for each invocation of Worker and objects, and a line for each refusal',
    ],
    ['The same from December', stored(invocations + refusals), `${size(invocations + refusals)} a month`],
    [
      'An access line for every request, from December',
      `+ ${added(invocations + refusals, requests * bytes.line)}`,
      `${size(requests * bytes.line)} more`,
    ],
    [
      'Traces of one request in a hundred',
      `+ ${added(invocations + refusals, traced(0.01))}`,
      `${size(traced(0.01))} more`,
    ],
    ['Traces of all', `+ ${added(invocations + refusals, traced(1))}`, `${size(traced(1))} more`],
    [
      'Metrics',
      `+ ${money((deltas * 0.15) / 1e6)} to ${money((deltas * 1.15) / 1e6)}`,
      `a call of an object every ${secondsBetweenDeltas} s from each of ${isolates} busy isolates, maybe with a row written; CPU on top`,
    ],
    ['Invocation logs switched off', stored(refusals), 'the log lines of this server remain'],
  ]
}

const size = (amount: number): string => `${(amount / gb).toFixed(1)} GB`

const cost = (ingested: number): number =>
  billedDollars('telemetryGb', ingested / gb) +
  billedDollars('telemetryGbMonths', (ingested / gb) * (retentionDays / 30))

const stored = (ingested: number): string => money(cost(ingested))

const added = (before: number, more: number): string => money(cost(before + more) - cost(before))
