/** What changes for a client when its profile does: for dry runs, before anything is written. */
import type { Fault } from '../../kit/problem.ts'
import type { Client } from '../client.ts'
import type { ClientMetadata } from '../client-metadata.ts'
import type { Profile } from '../profile.ts'
import type { Demand } from './demand.ts'
import { demandsOf } from './index.ts'

export interface ProfileComparison {
  /** Demands of the new profile that the old one does not make. */
  readonly added: readonly Demand[]
  readonly lifted: readonly Demand[]
}

export function compareProfiles(before: Profile, after: Profile): ProfileComparison {
  const [old, wanted] = [demandsOf(before), demandsOf(after)]
  return {
    added: wanted.filter((demand) => !old.includes(demand)),
    lifted: old.filter((demand) => !wanted.includes(demand)),
  }
}

export interface Contradiction {
  readonly demand: Demand
  readonly faults: readonly Fault[]
}

/** The demands of `profile` that the registered metadata contradicts. */
export const contradictionsOf = (metadata: ClientMetadata, profile: Profile): readonly Contradiction[] =>
  demandsOf(profile)
    .map((demand) => ({ demand, faults: demand.refuses?.(metadata) ?? [] }))
    .filter(({ faults }) => faults.length > 0)

export interface ServedDifference {
  /** Of the client, or of `ProfileRules`. */
  readonly member: string
  readonly before: string | null
  readonly after: string | null
}

/** What differs in how the client is served; values as text, lists separated by spaces. */
export function servedDifferences(before: Client, after: Client): readonly ServedDifference[] {
  const [old, wanted] = [termsOfClient(before), termsOfClient(after)]
  return [...new Set([...Object.keys(old), ...Object.keys(wanted)])]
    .map((member) => ({ member, before: textOf(old[member]), after: textOf(wanted[member]) }))
    .filter((difference) => difference.before !== difference.after)
}

function termsOfClient({ rules, secrets: _, ...members }: Client): Readonly<Record<string, unknown>> {
  return { ...rules, ...members, profile: rules.profile }
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (Array.isArray(value)) return value.join(' ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
