/** Every kind of background job. Adding one: a file that calls `defineJobKind`, and a line here. */
import type { AnyJobKind } from '../job-kind.ts'
import { createUsers } from './create-users.kind.ts'
import { deleteUsers } from './delete-users.kind.ts'
import { exportAudit } from './export-audit.kind.ts'
import { importUsers } from './import-users.kind.ts'
import { updateUsers } from './update-users.kind.ts'

export const jobKinds: readonly AnyJobKind[] = [
  createUsers,
  importUsers,
  updateUsers,
  deleteUsers,
  exportAudit,
]

/** @throws Error for a name no kind has: the object was made by another version */
export function findJobKind(name: string): AnyJobKind {
  const kind = jobKinds.find((each) => each.name === name)
  if (!kind) throw new Error(`no such kind of job: ${name}`)
  return kind
}
