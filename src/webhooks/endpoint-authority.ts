/** What whoever answers for an endpoint must be allowed, when they set it up and for as long as it gets events. */
import type { Permission } from '../access/permissions.ts'

/**
 * An endpoint gets events of the trail, so it takes the right to read the trail. Attack: somebody who may manage
 * webhooks, and not read the trail, sends it to themselves.
 */
export const authorityOfEndpoints = [
  'admin:webhooks:write',
  'admin:audit:read',
] as const satisfies readonly Permission[]
