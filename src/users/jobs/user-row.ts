/**
 * One row of an upload of accounts. JSON lines have the shape of the API; CSV has one column per value (`name`,
 * `address_country` …). Both become the same object and pass the same schema as a single account does.
 */
import { z } from 'zod'
import type { InputRow } from '../../jobs/formats/input-row.ts'
import { sayFault } from '../../kit/say-fault.ts'
import { isStorable } from '../../kit/storable.ts'
import { addressParts, claimNames, hasIdentifier, newUserFields, profile } from '../user-fields.ts'

const flags = ['email_verified', 'phone_number_verified', 'password_must_change'] as const
const texts = ['id', 'username', 'email', 'phone_number', 'status', 'password', 'password_hash'] as const
const addressColumns = addressParts.map((part) => `address_${part}`)

/** Columns a CSV may have. */
export const userColumns: ReadonlySet<string> = new Set([
  ...texts,
  ...flags,
  ...claimNames,
  ...addressColumns,
])

const row = z
  .strictObject({
    id: z
      .string()
      .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a UUID in lower case')
      .optional(),
    username: newUserFields.username,
    email: newUserFields.email,
    email_verified: z.boolean().optional(),
    phone_number: newUserFields.phone_number,
    phone_number_verified: z.boolean().optional(),
    profile: profile.optional(),
    status: z.enum(['active', 'disabled']).optional(),
    password: z.string().max(1024).optional(),
    password_hash: z.unknown().optional(),
    password_must_change: z.boolean().optional(),
  })
  .refine(hasIdentifier, { path: ['username'], message: 'username or email is required' })
  .refine((value) => value.password === undefined || value.password_hash === undefined, {
    path: ['password'],
    message: 'must not be given together with password_hash',
  })

export type UserRow = z.output<typeof row>

export interface RowError {
  /** Path of the value, e.g. `profile.birthdate`; empty for the row as a whole. */
  readonly field: string
  readonly detail: string
}

export type ReadRow =
  | { readonly ok: true; readonly row: UserRow }
  | { readonly ok: false; readonly errors: readonly RowError[] }

/** Checks one row. */
export function readUserRow(input: InputRow, format: 'csv' | 'ndjson'): ReadRow {
  const values = withoutNotes(input.values)
  const read = format === 'csv' ? fromCells(values as Record<string, string>) : values
  const parsed = row.safeParse(read, { error: sayFault })
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
  // Postgres stores neither NUL nor half a surrogate pair: one such row would stop the whole step.
  if (!isStorable(parsed.data)) {
    return { ok: false, errors: [{ field: '', detail: 'must be well-formed Unicode without NUL' }] }
  }
  return { ok: true, row: parsed.data }
}

/** Notes of our own files of failures: a corrected file is sent again as it is. */
const withoutNotes = (values: InputRow['values']): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith('_')))

function fromCells(cells: Record<string, string>): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  const claims: Record<string, unknown> = {}
  const address: Record<string, unknown> = {}
  for (const [name, cell] of Object.entries(cells)) {
    if ((flags as readonly string[]).includes(name)) value[name] = toFlag(cell)
    else if ((texts as readonly string[]).includes(name)) value[name] = cell
    else if (name.startsWith('address_')) address[name.slice('address_'.length)] = cell
    else claims[name] = cell
  }
  if (Object.keys(address).length > 0) claims['address'] = address
  if (Object.keys(claims).length > 0) value['profile'] = claims
  return value
}

/** Left as it is when it is neither, for the schema to refuse. */
const toFlag = (cell: string): unknown => (/^true$/i.test(cell) ? true : /^false$/i.test(cell) ? false : cell)
