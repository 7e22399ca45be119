/** Rows of clients. */
import { tableRow } from '../../db/json-row.ts'
import { clients } from '../../db/schema.ts'

export const clientRow = tableRow(clients)

/** Columns that no event may show. */
export const hiddenColumns = ['registration_token_hash'] as const
