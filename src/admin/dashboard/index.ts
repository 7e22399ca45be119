/** Operations of the dashboard. */
import type { Operation } from '../operation.ts'
import { getStats } from './get-stats.operation.ts'
import { getStatus } from './get-status.operation.ts'

export const dashboardOperations: readonly Operation[] = [getStats, getStatus]
