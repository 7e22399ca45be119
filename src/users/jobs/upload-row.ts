/**
 * One row of an upload of accounts. JSON lines have the shape of the API; CSV has one column per value (`name`,
 * `address_country` …). Both become the same object and are checked by the schema of single accounts.
 */
import { z } from 'zod'
import type { InputRow } from '../../jobs/formats/input-row.ts'
import { describeFault } from '../../kit/describe-fault.ts'
import { uuidPattern } from '../../kit/patterns.ts'
import { isStorable } from '../../kit/storable.ts'
import { importedGenerators } from '../../one-time-passwords/imported-generator.ts'
import { addressParts, claimNames } from '../profile-fields.ts'
import { hasIdentifier, rowFields, status } from '../user-fields.ts'

/** Members of a row besides the account fields (user-fields.ts). CSV columns follow from both. */
const members = {
  id: z.string().regex(uuidPattern, 'must be a UUID in lower case').optional(),
  ...rowFields,
  status: status.optional(),
  password: z.string().max(1024).optional(),
  password_hash: z.unknown().optional(),
  password_must_change: z.boolean().optional(),
  otp: importedGenerators.optional(),
}

const row = z
  .strictObject(members)
  .refine(hasIdentifier, { path: ['username'], message: 'username or email is required' })
  .refine((value) => value.password === undefined || value.password_hash === undefined, {
    path: ['password'],
    message: 'must not be given together with password_hash',
  })

export type UploadRow = z.output<typeof row>

const addressPrefix = 'address_'
const claims: ReadonlySet<string> = new Set(claimNames)
const flags = new Set(
  Object.entries(members).flatMap(([name, type]) => (type.unwrap() instanceof z.ZodBoolean ? [name] : [])),
)

/** Columns of a CSV besides those of the profile. */
export const ownColumns: readonly string[] = Object.keys(members).filter((name) => name !== 'profile')

/** Columns a CSV may have; each claim and each part of the address has its own. */
export const uploadColumns: ReadonlySet<string> = new Set([
  ...ownColumns,
  ...claimNames,
  ...addressParts.map((part) => addressPrefix + part),
])

export interface RowError {
  /** Path of the value, e.g. `profile.birthdate`; empty for the row as a whole. */
  readonly field: string
  readonly detail: string
}

export type ReadRow =
  | { readonly ok: true; readonly row: UploadRow }
  | { readonly ok: false; readonly errors: readonly RowError[] }

/** Checks one row. */
export function readUploadRow(input: InputRow, format: 'csv' | 'ndjson'): ReadRow {
  const values = withoutNotes(input.values)
  const read = format === 'csv' ? fromCells(values as Record<string, string>) : withoutNulls(values)
  const parsed = row.safeParse(read, { error: describeFault })
  if (!parsed.success) {
    return {
      ok: false,
      errors: parsed.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => ({ field: [...issue.path, key].join('.'), detail: 'is not known' }))
          : [{ field: issue.path.join('.'), detail: issue.message }],
      ),
    }
  }
  // Postgres stores neither NUL nor lone surrogates: one such row would fail the whole step.
  if (!isStorable(parsed.data)) {
    return { ok: false, errors: [{ field: '', detail: 'must be well-formed Unicode without NUL' }] }
  }
  return { ok: true, row: parsed.data }
}

/** Removes the columns our failure files add, so that a corrected file can be uploaded unchanged. */
const withoutNotes = (values: InputRow['values']): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith('_')))

/** Other systems write null for a value that an account does not have. A hash is left as it is. */
function withoutNulls(values: Record<string, unknown>): Record<string, unknown> {
  const present = presentOf(values)
  const profile = present['profile']
  if (!isObject(profile)) return present
  const claims = presentOf(profile)
  const address = claims['address']
  return { ...present, profile: isObject(address) ? { ...claims, address: presentOf(address) } : claims }
}

const presentOf = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** CSV cells as the object JSON lines would contain. */
function fromCells(cells: Record<string, string>): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  const profile: Record<string, unknown> = {}
  const address: Record<string, unknown> = {}
  for (const [name, cell] of Object.entries(cells)) {
    if (name.startsWith(addressPrefix)) address[name.slice(addressPrefix.length)] = cell
    else if (claims.has(name)) profile[name] = cell
    else value[name] = flags.has(name) ? toFlag(cell) : cell
  }
  if (Object.keys(address).length > 0) profile['address'] = address
  if (Object.keys(profile).length > 0) value['profile'] = profile
  return value
}

/** Any other text is passed on for the schema to refuse. */
const toFlag = (cell: string): unknown => (/^true$/i.test(cell) ? true : /^false$/i.test(cell) ? false : cell)
