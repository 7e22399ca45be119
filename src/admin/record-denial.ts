/** What a live token was refused: perhaps it is stolen, or its holder tries for more than they may. */

import type { Actor } from '../access/actor.ts'
import { createEvent } from '../audit/create-event.ts'
import type { Origin, RecordEvent } from '../audit/event.ts'
import type { Clock } from '../kit/clock.ts'
import type { Problem } from '../kit/problem.ts'
import type { Operation } from './operation.ts'

/** Tells the trail. What repeats itself is counted (src/audit/repeated-events.ts): nobody fills the trail so. */
export function recordDenial(
  needs: { readonly now: Clock; readonly recordEvent: RecordEvent },
  operation: Pick<Operation, 'id'>,
  actor: Actor,
  origin: Origin,
  problem: Problem,
  /** Path parameters: what it was about. */
  target: object = {},
): void {
  needs.recordEvent(
    createEvent('admin.access_denied', needs.now(), origin, {
      outcome: 'failure',
      actor_type: actor.type,
      actor_id: actor.id,
      client_id: actor.clientId,
      data: {
        operation: operation.id,
        reason: problem.code,
        ...(problem.detail ? { detail: problem.detail } : {}),
        ...(Object.keys(target).length > 0 ? { target } : {}),
      },
    }),
  )
}
