/** All dashboards. A new one is a file here, and a line. */
import { abuse } from './abuse.ts'
import { auditIntegrity } from './audit-integrity.ts'
import { database } from './database.ts'
import { hotPaths } from './hot-paths.ts'
import { jobs } from './jobs.ts'
import type { Dashboard } from './panel.ts'
import { queues } from './queues.ts'
import { serviceLevels } from './service-levels.ts'
import { signInFunnel } from './sign-in-funnel.ts'

export const dashboards: readonly Dashboard[] = [
  ...[serviceLevels, hotPaths, signInFunnel, abuse, database, queues, auditIntegrity, jobs],
]
