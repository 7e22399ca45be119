/** What a report is made of, what in it is an error, and which goals it meets. Pure. */
import type { Machine } from '../bench/report/machine.ts'
import { loadGoals } from './goals.ts'
import type { LocustRun } from './locust.ts'
import type { PartRun, StreamRun } from './measure-part.ts'
import { trendOf } from './memory-trend.ts'
import type { ConstantRatePart } from './parts.ts'
import { type StreamName, streamTitles } from './streams.ts'

export interface LoadReport {
  readonly machine: Machine
  /** Files that a process may have open. */
  readonly fileLimit: number
  readonly accounts: number
  readonly events: number
  readonly parts: readonly PartRun[]
  readonly locust?: LocustRun
}

/** `old` with the parts of `fresh` in place of its own. */
export function merge(old: LoadReport | undefined, fresh: LoadReport): LoadReport {
  if (!old) return fresh
  const isFresh = new Set(fresh.parts.map(({ part }) => part))
  const locust = fresh.locust ?? old.locust
  return {
    ...fresh,
    parts: [...old.parts.filter(({ part }) => !isFresh.has(part)), ...fresh.parts],
    ...(locust ? { locust } : {}),
  }
}

export interface Finding {
  readonly subject: string
  /** What went wrong; undefined: nothing. */
  readonly error?: string
}

/** One for each stream and step that was run, good or bad. */
export const findingsOf = ({ parts, locust }: LoadReport): Finding[] => [
  ...parts.flatMap(findingsOfPart),
  ...(locust ? findingsOfLocust(locust) : []),
]

function findingsOfPart({ part, streams, isDelivered }: PartRun): Finding[] {
  const ofStreams = streams.map(({ name, failures, limited, lost, failureSample }) =>
    finding(
      `${part}: ${streamTitles[name]}`,
      failures > 0 &&
        `${failures} failures (${limited} of 429, ${lost} without an answer), first: ${failureSample ?? 'no answer'}`,
    ),
  )
  return [...ofStreams, finding(`${part}: audit events`, !isDelivered && 'some did not arrive in Postgres')]
}

function findingsOfLocust({ steps, errors, exceptions }: LocustRun): Finding[] {
  const ofSteps = steps.map(({ step, requests, failures }) => {
    const answers = errors.filter((error) => error.step === step)
    const list = answers.map(({ answer, count }) => `${answer} (${count})`).join(', ')
    return finding(
      `locust: ${step}`,
      (requests === 0 && 'was never taken') || (failures > 0 && `${failures} failures: ${list}`),
    )
  })
  const unexpected = exceptions.map(({ message, count }) => `${message} (${count})`).join(', ')
  return [...ofSteps, finding('locust: scenarios', unexpected)]
}

const finding = (subject: string, error: string | false): Finding => ({
  subject,
  ...(error ? { error } : {}),
})

export interface GoalResult {
  readonly subject: string
  readonly measure: string
  readonly goal: string
  readonly figure: string
  readonly isMet: boolean
}

/** The goals of the parts that were run. */
export function goalResultsOf({ parts }: LoadReport): GoalResult[] {
  const part = (name: ConstantRatePart) => parts.find((run) => run.part === name)
  const stream = (name: ConstantRatePart, of: StreamName) =>
    part(name)?.streams.find((run) => run.name === of)
  const { tokenP99Ms, listP99Ms, openConnections, memoryGrowth } = loadGoals
  const tokens = stream('tokens', 'tokens')
  const held = stream('connections', 'held')
  const pages = stream('listing', 'pages')
  const soak = part('soak')
  const results: (GoalResult | undefined)[] = [
    tokens &&
      latency(`${tokens.requestsPerSecond} tokens/s, ${tokens.connections} connections`, tokens, tokenP99Ms),
    held && holding(held, openConnections),
    pages && latency('List of all accounts beside tokens', pages, listP99Ms),
    soak && flatness(soak),
  ]
  function flatness({ memoryMb }: PartRun): GoalResult {
    const { growth } = trendOf(memoryMb)
    return {
      ...{ subject: `Soak of ${(memoryMb.length / 60).toFixed(0)} minutes`, measure: 'growth of memory' },
      ...{ goal: `< ${percent(memoryGrowth)}`, figure: percent(growth), isMet: growth < memoryGrowth },
    }
  }
  return results.filter((result) => result !== undefined)
}

/** A connection that was closed was not held, whether it was idle or not. */
function holding({ connections, closedIdle, lost }: StreamRun, wanted: number): GoalResult {
  const held = connections - closedIdle - lost
  return {
    ...{ subject: 'Open connections', measure: 'held while tokens are issued' },
    ...{ goal: `${wanted}`, figure: `${held} of ${connections}`, isMet: held >= wanted },
  }
}

const latency = (subject: string, { p99Ms }: { readonly p99Ms: number }, limit: number): GoalResult => ({
  ...{ subject, measure: 'p99, ms', goal: `< ${limit}`, figure: p99Ms.toFixed(1), isMet: p99Ms < limit },
})

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`
