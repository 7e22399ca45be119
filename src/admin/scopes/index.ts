/** Operations on scopes and types of authorization details, and on the resource servers they belong to. */
import type { Operation } from '../operation.ts'
import { createDetailsType } from './create-details-type.operation.ts'
import { createResourceServer } from './create-resource-server.operation.ts'
import { createScope } from './create-scope.operation.ts'
import { deleteDetailsType } from './delete-details-type.operation.ts'
import { deleteResourceServer } from './delete-resource-server.operation.ts'
import { deleteScope } from './delete-scope.operation.ts'
import { getDetailsType } from './get-details-type.operation.ts'
import { getResourceServer } from './get-resource-server.operation.ts'
import { getResourceServerMetadata } from './get-resource-server-metadata.operation.ts'
import { getScope } from './get-scope.operation.ts'
import { listDetailsTypes } from './list-details-types.operation.ts'
import { listResourceServers } from './list-resource-servers.operation.ts'
import { listScopes } from './list-scopes.operation.ts'
import { updateDetailsType } from './update-details-type.operation.ts'
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
  listDetailsTypes,
  createDetailsType,
  getDetailsType,
  updateDetailsType,
  deleteDetailsType,
]
