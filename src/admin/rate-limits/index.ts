/** Operations on rate-limit policies. A new policy is one row in src/rate-limits/policies.ts. */
import type { Operation } from '../operation.ts'
import { getRateLimit } from './get-rate-limit.operation.ts'
import { listRateLimits } from './list-rate-limits.operation.ts'
import { updateRateLimit } from './update-rate-limit.operation.ts'

export const rateLimitOperations: readonly Operation[] = [listRateLimits, getRateLimit, updateRateLimit]
