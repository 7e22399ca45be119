/** Every admin operation, by folder. A folder's `index.ts` is its table of contents. */
import { auditOperations } from './audit/index.ts'
import { brandingOperations } from './branding/index.ts'
import { clientProfileOperations } from './client-profiles/index.ts'
import { clientOperations } from './clients/index.ts'
import { dashboardOperations } from './dashboard/index.ts'
import { jobOperations } from './jobs/index.ts'
import { keyOperations } from './keys/index.ts'
import type { Operation } from './operation.ts'
import { passkeyOperations } from './passkeys/index.ts'
import { rateLimitOperations } from './rate-limits/index.ts'
import { roleOperations } from './roles/index.ts'
import { scopeOperations } from './scopes/index.ts'
import { settingOperations } from './settings/index.ts'
import { bulkOperations } from './users/bulk/index.ts'
import { userOperations } from './users/index.ts'
import { webhookOperations } from './webhooks/index.ts'

export const operations: readonly Operation[] = [
  // Before single accounts: `export` is not an id.
  ...bulkOperations,
  ...userOperations,
  ...clientOperations,
  ...clientProfileOperations,
  ...scopeOperations,
  ...keyOperations,
  ...settingOperations,
  ...passkeyOperations,
  ...brandingOperations,
  ...rateLimitOperations,
  ...dashboardOperations,
  ...roleOperations,
  ...auditOperations,
  ...webhookOperations,
  ...jobOperations,
]
