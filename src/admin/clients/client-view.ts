/** A client as the API shows it. */
import type { z } from 'zod'
import type { ClientOrigin } from '../../clients/client.ts'
import type { ClientMetadata } from '../../clients/client-metadata.ts'
import { metadataOf } from '../../clients/metadata-columns.ts'
import { acceptedAuthMethods } from '../../protocol/client-auth-methods.ts'
import type { clientSchema } from './client-schemas.ts'

interface ClientRow {
  readonly client_id: string
  readonly origin: ClientOrigin
  readonly scopes: readonly string[]
  readonly default_max_age_seconds: number | null
  readonly created_at: Date
  readonly updated_at: Date
}

type View = z.input<typeof clientSchema>

/** Metadata in an answer. Cast, because the type of the schema has mutable arrays. */
export function toViewMetadata(metadata: ClientMetadata) {
  const { token_endpoint_auth_method_named: _, ...shown } = metadata
  return { ...shown, token_endpoint_auth_methods: acceptedAuthMethods(metadata) } as unknown as Omit<
    View,
    'client_id' | 'origin' | 'created_at' | 'updated_at'
  >
}

export const toClientView = (row: ClientRow) => ({
  client_id: row.client_id,
  ...toViewMetadata(metadataOf(row)),
  origin: row.origin ?? 'administrator',
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})
