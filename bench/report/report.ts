/** What a report is made of: every run behind it, so that a part measured anew replaces the old one. */
import type { AdminReport } from '../admin/run-admin.ts'
import type { BundleSize } from '../bundle-size.ts'
import type { Measurement } from '../measure.ts'
import type { ColdStart } from '../start-up.ts'
import type { SteadyRun } from '../steady-load.ts'
import { invalidRuns } from './compare.ts'
import type { Machine } from './machine.ts'

export interface StartReport {
  readonly bundle: BundleSize
  /** By `wrangler check startup`. */
  readonly moduleCpuMs: readonly number[]
  readonly authly: readonly ColdStart[]
  readonly hello: readonly ColdStart[]
}

/** Where the CPU time of an operation goes, by target. */
export interface Profile {
  readonly operation: string
  readonly target: string
  readonly text: string
}

export interface Report {
  readonly machine: Machine
  readonly schedule: { readonly seconds: number; readonly rounds: number; readonly connections: number }
  readonly measurements: readonly Measurement[]
  readonly steady: readonly SteadyRun[]
  /** Microseconds of Postgres per audit event, by round. */
  readonly auditCost?: readonly number[]
  readonly start?: StartReport
  readonly admin?: AdminReport
  readonly profiles: readonly Profile[]
}

/** `old` with what `fresh` measured: operations and profiles one by one, parts as a whole. */
export function merge(old: Report | undefined, fresh: Report): Report {
  if (!old) return fresh
  const operations = new Set(fresh.measurements.map(({ operation }) => operation))
  const isProfiled = new Set(fresh.profiles.map(({ operation }) => operation))
  return {
    ...old,
    ...fresh,
    schedule: fresh.measurements.length > 0 ? fresh.schedule : old.schedule,
    measurements: [
      ...old.measurements.filter(({ operation }) => !operations.has(operation)),
      ...fresh.measurements,
    ],
    steady: fresh.steady.length > 0 ? fresh.steady : old.steady,
    profiles: [...old.profiles.filter(({ operation }) => !isProfiled.has(operation)), ...fresh.profiles],
  }
}

/** Whether every run counts: no failed response, every audit event delivered. */
export const isValid = ({ measurements, steady, admin }: Report): boolean =>
  invalidRuns(measurements).length === 0 &&
  [...steady, ...(admin?.measurements ?? [])].every(({ failures }) => failures === 0)
