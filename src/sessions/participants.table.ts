/**
 * Who took part in sessions, and who is to be told of their end: a value for each session and no table, which most
 * objects would have for nothing.
 */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { DueLogout, Participant } from './participants.ts'
import type { SubjectState } from './subject-state.ts'

const participantsPrefix = 'participants:'
const logoutsPrefix = 'logouts:'

type Kv = DurableObjectStorage['kv']

/** Whether somebody waits to be told: only in memory, because the alarm that tells them is set at once. */
export interface LogoutsDue {
  due: boolean
}

export const openParticipants = (kv: Kv, schema: ObjectSchema): SubjectState['participants'] => ({
  of: (sessionId) =>
    (schema.exists() ? kv.get<readonly Participant[]>(participantsPrefix + sessionId) : undefined) ?? [],
  put(sessionId, participants) {
    schema.ensure()
    if (participants.length === 0) kv.delete(participantsPrefix + sessionId)
    else kv.put(participantsPrefix + sessionId, participants)
  },
})

export const openDueLogouts = (
  kv: Kv,
  schema: ObjectSchema,
  logouts: LogoutsDue,
): SubjectState['dueLogouts'] => ({
  add(sessionId, due) {
    schema.ensure()
    kv.put(logoutsPrefix + sessionId, due)
    logouts.due = true
  },
})

/** Clients to be told, by the key to delete when somebody has taken charge of them. */
export const waitingLogouts = (kv: Kv): readonly (readonly [key: string, logouts: readonly DueLogout[]])[] => [
  ...kv.list<readonly DueLogout[]>({ prefix: logoutsPrefix }),
]

/** Sessions that expired: nobody is told, and nobody asks any more. */
export function pruneParticipants(kv: Kv, isSession: (sessionId: string) => boolean): void {
  const keys = [...kv.list({ prefix: participantsPrefix })].map(([key]) => key)
  for (const key of keys) if (!isSession(key.slice(participantsPrefix.length))) kv.delete(key)
}
