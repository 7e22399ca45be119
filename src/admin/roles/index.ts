/** Operations on roles. */
import type { Operation } from '../operation.ts'
import { createRole } from './create-role.operation.ts'
import { deleteRole } from './delete-role.operation.ts'
import { getRole } from './get-role.operation.ts'
import { listRoles } from './list-roles.operation.ts'
import { updateRole } from './update-role.operation.ts'

export const roleOperations: readonly Operation[] = [listRoles, createRole, getRole, updateRole, deleteRole]
