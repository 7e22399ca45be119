import { runInDurableObject } from 'cloudflare:test'
import type { RememberedFactor } from '../../src/sessions/remembered-device-types.ts'
import { evictedBeforeEachCall, sessionsOf, stubOf, waitingEvents } from './object-subject.ts'
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

const remembering = (subject: string) => (deviceId: string, remembered: RememberedFactor) =>
  runInDurableObject(stubOf(subject), (_, { storage }) => {
    const statement = 'INSERT INTO remembered_factors VALUES (?, ?, ?)'
    storage.sql.exec(statement, deviceId, JSON.stringify(remembered), remembered.expires_at)
  })

describeRememberedFactor('the object', () => {
  const subject = crypto.randomUUID()
  const events = () => waitingEvents(subject)
  return { sessions: sessionsOf(subject), events, remember: remembering(subject) }
})

describeRememberedFactor('the object, evicted before every call', () => {
  const subject = crypto.randomUUID()
  const events = () => waitingEvents(subject)
  return { sessions: evictedBeforeEachCall(subject), events, remember: remembering(subject) }
})
