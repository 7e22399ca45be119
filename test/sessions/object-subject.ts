/** A real UserSessions object, fresh for each test, and what it has written. */
import { env, evictDurableObject, runInDurableObject } from 'cloudflare:test'
import type { AuditEvent } from '../../src/audit/event.ts'
import type { UserSessions } from '../../src/sessions/rules.ts'
import { createSessionsOf } from '../../src/sessions/user-sessions.object.ts'

const placement = { jurisdiction: undefined, locationHint: undefined }

/** What the objects handed to their callers for forwarding. */
export const forwardedEvents: AuditEvent[] = []

export const sessionsOf = createSessionsOf(env.USER_SESSIONS, placement, (event) =>
  forwardedEvents.push(event),
)

export const stubOf = (subject: string) => env.USER_SESSIONS.getByName(subject)

/** Events that wait in the outbox, oldest first. */
export const waitingEvents = (subject: string): Promise<AuditEvent[]> =>
  runInDurableObject(stubOf(subject), (_, { storage }) => {
    const tables = storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'outbox'").toArray()
    if (tables.length === 0) return []
    const rows = storage.sql.exec<{ events: string }>('SELECT events FROM outbox ORDER BY position').toArray()
    return JSON.parse(`[${rows.map((row) => row.events).join(',')}]`) as AuditEvent[]
  })

/** The same object, torn down before every single call. */
export const evictedBeforeEachCall = (subject: string): UserSessions =>
  new Proxy(sessionsOf(subject), {
    get: (target, method: keyof UserSessions) => async (input: never) => {
      await evictDurableObject(stubOf(subject)).catch(ignoreNotRunning)
      return target[method](input)
    },
  })

function ignoreNotRunning(error: unknown): void {
  if (!/not (currently )?running|no longer running/i.test(String(error))) throw error
}
