/** Every kind of background job. Adding one: a file that calls `defineJobKind`, and a line here. */

import { exportAudit } from './evidence/export/export-audit.kind.ts'
import type { AnyJobKind } from './jobs/job-kind.ts'
import { createUsers } from './users/jobs/create-users.kind.ts'
import { deleteUsers } from './users/jobs/delete-users.kind.ts'
import { importUsers } from './users/jobs/import-users.kind.ts'
import { updateUsers } from './users/jobs/update-users.kind.ts'

export const jobKinds: readonly AnyJobKind[] = [
  createUsers,
  importUsers,
  updateUsers,
  deleteUsers,
  exportAudit,
]
