import { evictedBeforeEachCall, sessionsOf, waitingEvents } from './object-subject.ts'
import { describeRememberedFactor } from './remembered-factor-contract.ts'
import { describeSessionLimits } from './session-limits-contract.ts'

describeSessionLimits('the object', () => {
  const subject = crypto.randomUUID()
  return { sessions: sessionsOf(subject), events: () => waitingEvents(subject) }
})

describeSessionLimits('the object, evicted before every call', () => {
  const subject = crypto.randomUUID()
  return { sessions: evictedBeforeEachCall(subject), events: () => waitingEvents(subject) }
})

describeRememberedFactor('the object', () => {
  const subject = crypto.randomUUID()
  return { sessions: sessionsOf(subject), events: () => waitingEvents(subject) }
})

describeRememberedFactor('the object, evicted before every call', () => {
  const subject = crypto.randomUUID()
  return { sessions: evictedBeforeEachCall(subject), events: () => waitingEvents(subject) }
})
