/** Rows of scopes, resource servers and types of authorization details. */
import { tableRow } from '../../db/json-row.ts'
import { authorizationDetailsTypes, resourceServers, scopes } from '../../db/schema.ts'

export const scopeRow = tableRow(scopes)
export const resourceServerRow = tableRow(resourceServers)
export const authorizationDetailsTypeRow = tableRow(authorizationDetailsTypes)
