/** A role as the API shows and takes it. */
import { z } from 'zod'
import { type Permission, permissionNames, roleNamePattern } from '../../access/permissions.ts'
import { knownClasses } from '../../authentication/acr.ts'

interface RoleRow {
  readonly name: string
  readonly description: string
  readonly permissions: readonly string[]
  readonly assignable_in: 'platform' | 'organization'
  readonly required_acr_values?: readonly string[]
  readonly built_in: boolean
  readonly created_at: Date
  readonly updated_at: Date
}

export const roleName = z.string().regex(roleNamePattern).describe('Lower-case letters, digits, `-` and `_`')

const permissionList = z
  .array(z.enum(permissionNames as [Permission, ...Permission[]]))
  .max(permissionNames.length)
  .refine((names) => new Set(names).size === names.length, 'must not repeat a permission')

const acrValues = z
  .array(z.enum(knownClasses))
  .max(knownClasses.length)
  .refine((values) => new Set(values).size === values.length, 'must not repeat a value')

export const roleFields = {
  description: z.string().min(1).max(200).describe('What the role is for'),
  permissions: permissionList.describe('What the role permits'),
  assignable_in: z.enum(['platform', 'organization']).describe('Where the role can be given to somebody'),
  required_acr_values: acrValues.describe(
    'Authentication contexts (`acr`): every sign-in of whoever has the role reaches one of them or a stronger one; empty: any',
  ),
}

export const toRole = (row: RoleRow) => ({
  name: row.name,
  description: row.description,
  permissions: [...row.permissions],
  assignable_in: row.assignable_in,
  // Absent from former states of a role.
  required_acr_values: [...(row.required_acr_values ?? [])],
  built_in: row.built_in,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

export const roleSchema = z
  .object({
    name: roleName,
    description: z.string(),
    permissions: z.array(z.string()).describe('`*` is everything'),
    assignable_in: roleFields.assignable_in,
    required_acr_values: roleFields.required_acr_values,
    built_in: z.boolean().describe('Comes with the server and cannot be changed'),
    created_at: z.string(),
    updated_at: z.string().optional().describe('Absent with `at`'),
  })
  .meta({ id: 'Role' })
