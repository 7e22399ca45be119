/** Clients that are to be told of the end of a session: a value for each session, until their outboxes have it. */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { DueLogout } from './participant-types.ts'
import type { SubjectState } from './subject-state.ts'

const prefix = 'logouts:'

type Kv = DurableObjectStorage['kv']

/** Whether somebody waits to be told; an object that has just woken does not know. */
export interface LogoutsDue {
  due: boolean | undefined
}

export const openDueLogouts = (
  kv: Kv,
  schema: ObjectSchema,
  logouts: LogoutsDue,
): SubjectState['dueLogouts'] => ({
  add(sessionId, due) {
    schema.ensure()
    kv.put(prefix + sessionId, due)
    logouts.due = true
  },
})

/** Clients to be told, by the key to delete when all their outboxes have them. */
export const waitingLogouts = (
  kv: Kv,
): readonly (readonly [key: string, logouts: readonly DueLogout[]])[] => [
  ...kv.list<readonly DueLogout[]>({ prefix }),
]
