/** Values as exports write them: JSON has types, CSV has only text, and each system its own absence. */
import type { FlatRecord } from './source.ts'

const absences = new Set(['', 'null', 'NULL', '\\N'])
const denials = new Set(['false', 'FALSE', 'False', 'f'])

/** Text or a number as text; undefined for anything else and for what stands for nothing. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return undefined
  const trimmed = value.trim()
  return absences.has(trimmed) ? undefined : trimmed
}

/** `true`, also as JSON, Postgres and spreadsheets write it. */
export const flag = (value: unknown): boolean =>
  value === true || (typeof value === 'string' && /^(?:true|t|1)$/i.test(value.trim()))

/** An object, or one written as JSON in a cell or string. */
export function object(value: unknown): Readonly<Record<string, unknown>> {
  const read = typeof value === 'string' ? parse(value) : value
  return typeof read === 'object' && read !== null && !Array.isArray(read)
    ? (read as Record<string, unknown>)
    : {}
}

/** An array, or one written as JSON in a cell or string; a single value is an array of one. */
export function list(value: unknown): readonly unknown[] {
  const read = typeof value === 'string' && value.trim().startsWith('[') ? parse(value) : value
  if (Array.isArray(read)) return read
  return says(read) ? [read] : []
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** Whether losing the value would lose something: no absence, no empty list, not `false` or 0. */
export function says(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0) return false
  if (typeof value === 'string') {
    const trimmed = value.trim()
    return !absences.has(trimmed) && !denials.has(trimmed) && trimmed !== '[]' && trimmed !== '{}'
  }
  if (Array.isArray(value)) return value.some(says)
  return typeof value === 'object' ? Object.values(value).some(says) : true
}

/** The members of objects within a record as members of the record, `prefix.name`. */
export function lift(record: FlatRecord, names: readonly string[]): FlatRecord {
  const flat: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(record)) {
    if (!names.includes(name)) flat[name] = value
    else for (const [inner, one] of Object.entries(object(value))) flat[`${name}.${inner}`] = one
  }
  return flat
}

/** Without the members that are undefined; undefined when none is left. */
export function compact(values: Record<string, unknown>): Record<string, unknown> | undefined {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  return given.length > 0 ? Object.fromEntries(given) : undefined
}

/** Given and family name together, where a system keeps no name for display. */
export const joined = (...names: readonly (string | undefined)[]): string | undefined =>
  text(names.filter((name) => name !== undefined).join(' '))

/** `en_US`, as Java writes locales, is `en-US` in BCP 47. */
export const languageTag = (value: unknown): string | undefined => text(value)?.replaceAll('_', '-')

/** A user name, unless it only repeats another identifier of the same person. */
export const ownName = (name: string | undefined, ...others: readonly (string | undefined)[]) =>
  name !== undefined && others.some((other) => other?.toLowerCase() === name.toLowerCase()) ? undefined : name
