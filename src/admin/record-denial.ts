/** Refusals of live tokens: the token may be stolen, or its holder may be probing for access. */

import type { Actor } from '../access/actor.ts'
import { createEvent } from '../audit/create-event.ts'
import type { Origin, RecordEvent } from '../audit/event.ts'
import type { Clock } from '../kit/clock.ts'
import type { Problem } from '../kit/problem.ts'
import type { Operation } from './operation.ts'

/** Records the refusal. Repetitions are counted (src/audit/repeated-events.ts), so that the trail cannot be flooded. */
export function recordDenial(
  needs: { readonly now: Clock; readonly recordEvent: RecordEvent },
  operation: Pick<Operation, 'id'>,
  actor: Actor,
  origin: Origin,
  problem: Problem,
  /** Path parameters: the target of the request. */
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
