import { evictedBeforeEachCall, sessionsOf, waitingEvents } from './object-subject.ts'
import { describeUserSessions } from './user-sessions-contract.ts'

describeUserSessions('the object', () => {
  const subject = crypto.randomUUID()
  return { sessions: sessionsOf(subject), events: () => waitingEvents(subject) }
})

describeUserSessions('the object, evicted before every call', () => {
  const subject = crypto.randomUUID()
  return { sessions: evictedBeforeEachCall(subject), events: () => waitingEvents(subject) }
})
