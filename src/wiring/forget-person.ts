/** For background work: everything that a person's object stores about an account that is deleted. */
import type { Origin } from '../audit/event.ts'
import { createRecordEvent } from '../audit/record-event.ts'
import { systemClock as now } from '../kit/clock.ts'
import { retryOnce } from '../kit/retry-once.ts'
import { createSessionsOf } from '../sessions/user-sessions.object.ts'
import { isolateOf } from './isolate.ts'

export function createForgetPerson(
  env: Env,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
): (userId: string) => Promise<void> {
  const { appendEvents, config } = isolateOf(env)
  const recordEvent = createRecordEvent({ waitUntil: (work) => ctx.waitUntil(work), append: appendEvents })
  const sessionsOf = createSessionsOf(env.USER_SESSIONS, config, recordEvent)
  const origin: Origin = { ip: undefined, user_agent: undefined, request_id: 'cron' }
  return (userId) =>
    retryOnce(() =>
      sessionsOf(userId).endAllSessions({
        ...{ now: now(), origin, by: { actor_type: 'system' } },
        ...{ reason: 'account_deleted', forget: 'everything' },
      }),
    )
}
