/** The part of docs/performance.md on size and cold start. Pure. */
import { startGoals } from '../goals.ts'
import { median } from '../median.ts'
import type { ColdStart } from '../start-up.ts'
import { atMost, type GoalResult } from './compare.ts'
import type { StartReport } from './report.ts'
import { table } from './table.ts'

const kibibytes = (bytes: number): number => bytes / 1024

export function startResults({ bundle, moduleCpuMs, authly }: StartReport): GoalResult[] {
  const subject = 'Start of an isolate'
  const firstTokens = authly.map(({ firstAnswerMs }) => firstAnswerMs)
  return [
    ...atMost(
      subject,
      'evaluated before the first token, Postgres asked, KiB gzip',
      [kibibytes(bundle.firstTokenGzipBytes)],
      kibibytes(startGoals.gzipBytes),
    ),
    ...atMost(subject, 'CPU ms (`wrangler check startup`)', moduleCpuMs, startGoals.moduleCpuMs),
    ...atMost(subject, 'first token of a cold process, ms', firstTokens, startGoals.firstTokenMs),
  ]
}

export function renderStart({ bundle, authly, hello }: StartReport): string {
  const total = (starts: readonly ColdStart[]): string =>
    median(starts.map((cold) => cold.startCpuMs + cold.firstAnswerCpuMs)).toFixed(0)
  const size = (bytes: number): string => `${kibibytes(bytes).toFixed(0)} KiB`
  const rows = [
    ['Everything that is uploaded', `${size(bundle.gzipBytes)} gzip, ${size(bundle.bytes)} raw`],
    ['Evaluated at start', `${size(bundle.startGzipBytes)} gzip`],
    ['The same with the drivers and stores of Postgres', `${size(bundle.firstTokenGzipBytes)} gzip`],
    [
      'CPU from process start to first token',
      `${total(authly)} ms; hello world to its first answer: ${total(hello)} ms`,
    ],
    ['Second token', `${median(authly.map((cold) => cold.secondAnswerMs)).toFixed(1)} ms`],
  ]
  return `## Size and cold start\n\n${table(['', ''], rows)}`
}
