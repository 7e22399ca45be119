/** The conversion between a row of `clients` and a client's metadata. */
import { type ClientMetadata, scopesOf } from './client-metadata.ts'
import { metadataDefaults } from './complete-metadata.ts'

/** The columns that differ from the metadata; the others are members of the same name. */
interface MetadataRow {
  readonly scopes: readonly string[]
  readonly default_max_age_seconds: number | null
}

const metadataNames = ['client_name', ...Object.keys(metadataDefaults)] as (keyof ClientMetadata)[]

/** The metadata in a row. */
export function metadataOf(row: MetadataRow): ClientMetadata {
  const named: Record<string, unknown> = {
    ...row,
    scope: row.scopes.join(' '),
    default_max_age: row.default_max_age_seconds,
  }
  return Object.fromEntries(
    metadataNames.map((name) => [name, named[name] ?? (metadataDefaults as Record<string, unknown>)[name]]),
  ) as unknown as ClientMetadata
}

/** Metadata members as columns. */
export function columnsOf(metadata: Partial<ClientMetadata>): Record<string, unknown> {
  const { scope, default_max_age, ...columns } = metadata
  return {
    ...columns,
    ...(scope === undefined ? {} : { scopes: scopesOf({ scope }) }),
    ...(default_max_age === undefined ? {} : { default_max_age_seconds: default_max_age }),
  }
}
