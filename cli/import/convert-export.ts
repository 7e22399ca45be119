/** From the records of an export to rows of an import, and an account of everything that happens on the way. */
import { identifierForm } from '../../src/users/normal-form.ts'
import { usage } from '../failure.ts'
import { fitRow } from './fit-row.ts'
import type { SourceRecord } from './read-records.ts'
import type { FlatRecord, ImportRow, Source, SourceOptions } from './source.ts'
import { sources } from './sources.ts'
import { says } from './values.ts'

export interface Count {
  readonly member: string
  readonly count: number
  /** Where it goes, or why it does not. */
  readonly detail: string
}

export interface LeftOutRecords {
  readonly reason: string
  readonly count: number
  /** The first of them: where they stand in the file, and their ids there. */
  readonly examples: readonly { readonly at: number; readonly id: string | undefined }[]
}

export interface ConversionReport {
  readonly source: string
  readonly records: number
  readonly accounts: number
  readonly disabled: number
  readonly with_password: number
  readonly mapped: readonly Count[]
  readonly lost: readonly Count[]
  readonly left_out: readonly LeftOutRecords[]
}

const maxExamples = 10

/**
 * @param take gets each row as a line of JSON
 * @throws Failure when the file is no export of `source`: before the first row was sent anywhere
 */
export async function convertExport(
  source: Source,
  records: AsyncIterable<SourceRecord>,
  options: SourceOptions,
  take: (line: string) => void,
): Promise<ConversionReport> {
  const mapped = new Tally()
  const lost = new Tally()
  const leftOut = new Map<string, { count: number; examples: LeftOutRecords['examples'][number][] }>()
  const owners = new Map<string, number>()
  const counts = { records: 0, accounts: 0, disabled: 0, with_password: 0 }

  const leave = (reason: string, at: number, id: string | undefined): void => {
    const entry = leftOut.get(reason) ?? { count: 0, examples: [] }
    leftOut.set(reason, entry)
    if (++entry.count <= maxExamples) entry.examples.push({ at, id })
  }

  for await (const { at, values } of records) {
    counts.records++
    checkSource(source, values, at)
    const record = source.flatten?.(values) ?? values
    const id = source.idOf(record)
    const notes = new Map<string, string>()
    const converted = source.convert(record, options, (what, why) => notes.set(what, why))
    if ('leftOut' in converted) {
      leave(converted.leftOut, at, id)
      continue
    }
    const fitted = fitRow(converted)
    if (!fitted.ok) {
      leave(fitted.detail, at, id)
      continue
    }
    const taken = claim(owners, fitted.row, at)
    if (taken) {
      leave(`has the ${taken} of a record before it`, at, id)
      continue
    }
    countMembers(source, record, new Set([...notes.keys()].flatMap((what) => what.split(','))), mapped, lost)
    for (const [what, why] of notes) lost.add(what, why)
    for (const { field, detail } of fitted.misfits) lost.add(`→ ${field}`, `a value is not taken: ${detail}`)
    counts.accounts++
    if (fitted.row.status === 'disabled') counts.disabled++
    if (fitted.row.password_hash !== undefined) counts.with_password++
    take(`${JSON.stringify(fitted.row)}\n`)
  }
  if (counts.records === 0) throw usage('The file has no records.', `Expected: ${source.file}.`)
  return {
    ...{ source: source.name, ...counts, mapped: mapped.list(), lost: lost.list() },
    left_out: [...leftOut].map(([reason, entry]) => ({ reason, ...entry })),
  }
}

/** @throws Failure that names the system the record seems to be of */
function checkSource(source: Source, values: SourceRecord['values'], at: number): void {
  const members = new Set(Object.keys(values))
  if (source.recognizes(members)) return
  const meant = sources.find((other) => other.recognizes(members))
  const where = at === 1 ? 'The file' : `Record ${at}`
  if (meant) throw usage(`${where} looks like an export of ${meant.title}.`, `--from ${meant.name}`)
  const seen = [...members].slice(0, 8).join(', ')
  throw usage(
    `${where} does not look like an export of ${source.title}; it has ${seen || 'no members'}.`,
    `Expected: ${source.file}.`,
  )
}

/** Which identifier a record before has already; otherwise the row's own are kept. */
function claim(owners: Map<string, number>, row: ImportRow, at: number): string | undefined {
  const names = [
    ['id', row.id],
    ['e-mail address', row.email],
    ['user name', row.username],
  ] as const
  const given = names.flatMap(([what, name]) =>
    name === undefined ? [] : [[what, identifierForm(name)] as const],
  )
  const taken = given.find(([, form]) => owners.has(form))
  if (taken) return taken[0]
  for (const [, form] of given) owners.set(form, at)
  return undefined
}

function countMembers(
  source: Source,
  record: FlatRecord,
  noted: ReadonlySet<string>,
  mapped: Tally,
  lost: Tally,
): void {
  // Once for each record, however many members a name with `*` stands for.
  const said = new Map<string, () => void>()
  for (const [member, value] of Object.entries(record)) {
    if (noted.has(member) || (!says(value) && !isDenial(member, value))) continue
    const place = lookUp(source.mapped, member)
    const reason = lookUp(source.lost, member) ?? ([member, 'not known here'] as const)
    const [name, detail] = place ?? reason
    said.set(name, () => (place ? mapped : lost).add(name, detail))
  }
  for (const count of said.values()) count()
}

/** `enabled: false` says something, unlike other members that are false. */
const isDenial = (member: string, value: unknown): boolean =>
  member.toLowerCase() === 'enabled' && (value === false || value === 'false')

/** The entry of a member: its own, or that of a name with `*` at its end. */
function lookUp(
  entries: Readonly<Record<string, string>>,
  member: string,
): readonly [name: string, detail: string] | undefined {
  const own = entries[member]
  if (own !== undefined) return [member, own]
  return Object.entries(entries).find(([name]) => name.endsWith('*') && member.startsWith(name.slice(0, -1)))
}

class Tally {
  readonly #counts = new Map<string, { member: string; detail: string; count: number }>()

  add(member: string, detail: string): void {
    const key = `${member}\n${detail}`
    const entry = this.#counts.get(key) ?? { member, detail, count: 0 }
    entry.count++
    this.#counts.set(key, entry)
  }

  list(): readonly Count[] {
    return [...this.#counts.values()].sort((a, b) => b.count - a.count)
  }
}
