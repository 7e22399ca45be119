/** Rows of initial access tokens. */
import { tableRow } from '../../db/json-row.ts'
import { initialAccessTokens } from '../../db/schema.ts'

export const initialAccessTokenRow = tableRow(initialAccessTokens)
