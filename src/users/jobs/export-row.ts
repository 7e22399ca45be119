/** An account as exported: in the format of the import; fields the import must ignore begin with `_`. */
import type { ExportFormat } from '../../jobs/formats/row-writers.ts'
import type { StoredUser } from '../account.ts'
import { addressParts, claimNames } from '../profile-fields.ts'
import { fieldNames } from '../user-fields.ts'

const own = ['id', ...fieldNames.filter((name) => name !== 'profile'), 'status'] as const

const notes = ['_roles', '_has_password', '_created_at', '_updated_at'] as const

const notesOf = (user: StoredUser): Record<(typeof notes)[number], unknown> => ({
  _roles: user.roles,
  _has_password: user.has_password ?? false,
  _created_at: new Date(user.created_at).toISOString(),
  _updated_at: new Date(user.updated_at).toISOString(),
})

/** Columns of a CSV, in order. */
export const exportColumns: readonly string[] = [
  ...own,
  ...claimNames,
  ...addressParts.map((part) => `address_${part}`),
  ...notes,
]

/** CSV: flat, text by column. JSON: as in the API, without absent members. */
export function toExportRow(user: StoredUser, format: ExportFormat): Record<string, unknown> {
  const row = own.map((name) => [name, user[name]] as const)
  const { profile } = user
  if (format !== 'csv') {
    const present = row.filter(([, value]) => value !== null)
    return { ...Object.fromEntries(present), profile, ...notesOf(user) }
  }
  const { address, ...claims } = profile as { address?: Record<string, unknown> }
  const parts = Object.entries(address ?? {}).map(([part, value]) => [`address_${part}`, value])
  return { ...Object.fromEntries(row), ...claims, ...Object.fromEntries(parts), ...notesOf(user) }
}
