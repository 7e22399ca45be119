/** Operations on scopes and on the resource servers they belong to. */
import type { Operation } from '../operation.ts'
import { createResourceServer } from './create-resource-server.operation.ts'
import { createScope } from './create-scope.operation.ts'
import { deleteResourceServer } from './delete-resource-server.operation.ts'
import { deleteScope } from './delete-scope.operation.ts'
import { getResourceServer } from './get-resource-server.operation.ts'
import { getResourceServerMetadata } from './get-resource-server-metadata.operation.ts'
import { getScope } from './get-scope.operation.ts'
import { listResourceServers } from './list-resource-servers.operation.ts'
import { listScopes } from './list-scopes.operation.ts'
import { updateResourceServer } from './update-resource-server.operation.ts'
import { updateScope } from './update-scope.operation.ts'

export const scopeOperations: readonly Operation[] = [
  listScopes,
  createScope,
  getScope,
  updateScope,
  deleteScope,
  listResourceServers,
  createResourceServer,
  getResourceServer,
  getResourceServerMetadata,
  updateResourceServer,
  deleteResourceServer,
]
