/** Every admin operation, by folder. A folder's `index.ts` is its table of contents. */
import { auditOperations } from './audit/index.ts'
import type { Operation } from './operation.ts'
import { roleOperations } from './roles/index.ts'

export const operations: readonly Operation[] = [...roleOperations, ...auditOperations]
