/** Operations on clients and their secrets. */
import type { Operation } from '../operation.ts'
import { createClient } from './create-client.operation.ts'
import { createClientSecret } from './create-client-secret.operation.ts'
import { createInitialAccessToken } from './create-initial-access-token.operation.ts'
import { deleteClient } from './delete-client.operation.ts'
import { deleteClientSecret } from './delete-client-secret.operation.ts'
import { deleteInitialAccessToken } from './delete-initial-access-token.operation.ts'
import { getClient } from './get-client.operation.ts'
import { listClientSecrets } from './list-client-secrets.operation.ts'
import { listClients } from './list-clients.operation.ts'
import { listInitialAccessTokens } from './list-initial-access-tokens.operation.ts'
import { updateClient } from './update-client.operation.ts'

export const clientOperations: readonly Operation[] = [
  listClients,
  createClient,
  getClient,
  updateClient,
  deleteClient,
  listClientSecrets,
  createClientSecret,
  deleteClientSecret,
  listInitialAccessTokens,
  createInitialAccessToken,
  deleteInitialAccessToken,
]
