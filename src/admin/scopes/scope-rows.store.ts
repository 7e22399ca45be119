/** Rows of scopes and resource servers. */
import { tableRow } from '../../db/json-row.ts'
import { resourceServers, scopes } from '../../db/schema.ts'

export const scopeRow = tableRow(scopes)
export const resourceServerRow = tableRow(resourceServers)
