/** "This was not me": whoever reads a notice stops the recovery that it is about. */

import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import type { Clock } from '../kit/clock.ts'
import { retryOnce } from '../kit/retry-once.ts'
import type { SessionsOf } from '../sessions/rules.ts'
import { count } from '../telemetry/count.ts'
import type { OpenRecoveryStore } from './waiting-period.ts'

/**
 * Stops it in Postgres and in the person's object; either alone would be enough.
 * @returns whether there was one
 */
export async function stopRecovery(
  needs: {
    readonly now: Clock
    readonly sessionsOf: SessionsOf
    readonly openRecoveryStore: OpenRecoveryStore
  },
  user_id: string,
  origin: Origin,
): Promise<boolean> {
  const store = await needs.openRecoveryStore()
  const event = createEvent('recovery.stopped', needs.now(), origin, {
    ...{ outcome: 'success', actor_type: 'anonymous', user_id },
    data: { reason: 'not_me' },
  })
  const isStopped = await store.deleteWaitingPeriod(user_id, event)
  if (isStopped) {
    await retryOnce(() => needs.sessionsOf(user_id).cancelRecoveryWait())
    count('authly_recoveries_total', 1, 'stopped')
  }
  return isStopped
}
