/** What the server rightly accepts, and what is nevertheless hardly meant. */
import type { Item } from '../output/table.ts'

/** @param answer of the operation: a client as it is now */
const warningsOfClient = ({ client_id, scope, grant_types }: Item): readonly string[] =>
  typeof scope === 'string' &&
  scope.split(' ').includes('offline_access') &&
  Array.isArray(grant_types) &&
  !grant_types.includes('refresh_token')
    ? [
        'Warning: this client may ask for offline_access, but gets no refresh tokens: its grant types lack refresh_token.',
        `  authly clients update ${client_id} --grant-types ${[...grant_types, 'refresh_token'].join(',')}`,
      ]
    : []

const warnings: Readonly<Record<string, (answer: Item) => readonly string[]>> = {
  createClient: warningsOfClient,
  updateClient: warningsOfClient,
}

/** Lines for stderr; most often none. */
export const warningsOf = (operationId: string, answer: Item): readonly string[] =>
  warnings[operationId]?.(answer) ?? []
