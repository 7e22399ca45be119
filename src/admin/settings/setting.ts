/** Settings as the API shows them, one schema each: the closed list is src/settings/settings.ts. */
import { z } from 'zod'
import { type SettingName, settingNames, settingSchemas, toSettings } from '../../settings/settings.ts'

/** A setting that has been changed at least once. `value` null: reset to its default. */
export interface SettingRow {
  readonly name: string
  readonly value: unknown
  readonly version: number
  readonly updated_at: Date
}

/** `admin.ip_allow_list` as `AdminIpAllowList`, for the names of schemas and operations. */
export const pascalOf = (name: SettingName): string =>
  name
    .split(/[._]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')

/** The schema of a value without its default: a value left out of an answer or a request is missing. */
export function valueSchemaOf(name: SettingName): z.ZodType {
  const schema = settingSchemas[name] as z.ZodType
  return 'unwrap' in schema ? (schema as unknown as { unwrap(): z.ZodType }).unwrap() : schema
}

const schemaOf = (name: SettingName) =>
  z
    .object({
      name: z.literal(name),
      description: z.string(),
      value: valueSchemaOf(name).meta({ description: 'In force' }),
      default: valueSchemaOf(name).meta({ description: 'In force unless something else is set' }),
      is_default: z.boolean().meta({ description: 'Nothing else is set' }),
      updated_at: z.string().nullable().meta({ format: 'date-time', description: '`null`: never changed' }),
    })
    .meta({ id: `Setting${pascalOf(name)}` })

export const settingViewSchemas = Object.fromEntries(
  settingNames.map((name) => [name, schemaOf(name)]),
) as Record<SettingName, ReturnType<typeof schemaOf>>

const defaults = toSettings({})

/** A setting with its row, if it has ever been changed. */
export function toSettingView(name: SettingName, row: SettingRow | undefined) {
  const stored = row?.value ?? null
  const value = stored === null ? defaults[name] : toSettings({ [name]: stored })[name]
  return {
    name,
    description: settingSchemas[name].description ?? '',
    value,
    default: defaults[name],
    is_default: stored === null,
    updated_at: row?.updated_at.toISOString() ?? null,
  }
}
