/** Operations on many accounts at once. */
import type { Operation } from '../../operation.ts'
import { createUsers } from './create-users.operation.ts'
import { deleteUsers } from './delete-users.operation.ts'
import { exportUsers } from './export-users.operation.ts'
import { importUsers } from './import-users.operation.ts'
import { updateUsers } from './update-users.operation.ts'

export const bulkOperations: readonly Operation[] = [
  createUsers,
  updateUsers,
  deleteUsers,
  exportUsers,
  importUsers,
]
