/** Rows of roles. */
import { tableRow } from '../../db/json-row.ts'
import { roles } from '../../db/schema.ts'

export const roleRow = tableRow(roles)
