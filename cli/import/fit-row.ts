/** Takes from a row what the server would refuse, by the server's own rules, so that one odd value costs no account. */
import { hashRefusals } from '../../src/passwords/foreign/hash-refusal.ts'
import { readImportedHash } from '../../src/passwords/foreign/read-imported-hash.ts'
import { readUploadRow } from '../../src/users/jobs/upload-row.ts'
import type { ImportRow } from './source.ts'

export interface Misfit {
  readonly field: string
  readonly detail: string
}

export type FittedRow =
  | { readonly ok: true; readonly row: ImportRow; readonly misfits: readonly Misfit[] }
  | { readonly ok: false; readonly detail: string }

export function fitRow(given: ImportRow): FittedRow {
  const row = structuredClone(given)
  const misfits: Misfit[] = []
  const hash = row.password_hash === undefined ? undefined : readImportedHash(row.password_hash)
  if (hash?.ok === false) {
    misfits.push({ field: 'password_hash', detail: hashRefusals[hash.error] })
    row.password_hash = undefined
  }
  if (row.email === undefined && row.username === undefined)
    return { ok: false, detail: 'has neither user name nor e-mail address' }
  for (;;) {
    const read = readUploadRow({ line: 0, values: withoutAbsent(row) }, 'ndjson')
    if (read.ok) return { ok: true, row: withoutAbsent(row), misfits }
    // The last first: taking away an entry of a list moves those behind it.
    for (const { field, detail } of read.errors.toReversed()) {
      if (!remove(row, field)) return { ok: false, detail: `${field || 'a value'} ${detail}` }
      misfits.push({ field, detail })
    }
    if (row.email === undefined && row.username === undefined) {
      const { field, detail } = misfits.at(-1) as Misfit
      return { ok: false, detail: `${field} ${detail}` }
    }
  }
}

const withoutAbsent = (row: ImportRow): ImportRow & Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))

/** A flag says nothing without the value it is about. */
const flagOf: Readonly<Record<string, keyof ImportRow>> = {
  email: 'email_verified',
  phone_number: 'phone_number_verified',
}

/** @returns whether there was something to remove */
function remove(row: ImportRow, path: string): boolean {
  const generator = /^otp\.(\d+)/.exec(path)
  if (generator) return removeGenerator(row, Number(generator[1]))
  const names = path.split('.')
  const last = names.pop() as string
  let owner: Record<string, unknown> | undefined = row as Record<string, unknown>
  for (const name of names) owner = owner?.[name] as Record<string, unknown> | undefined
  if (owner?.[last] === undefined) return false
  delete owner[last]
  const flag = flagOf[path]
  if (flag) delete row[flag]
  return true
}

/** Takes away a whole generator: with a part of it missing or replaced it would compute other codes. */
function removeGenerator(row: ImportRow, index: number): boolean {
  const generators = row.otp ?? []
  if (generators[index] === undefined) return false
  const left = generators.filter((_, at) => at !== index)
  row.otp = left.length > 0 ? left : undefined
  return true
}
