import { createFakeUserSessions } from '../fakes/fake-user-sessions.ts'
import { describeUserSessions } from './user-sessions-contract.ts'

describeUserSessions('rules over maps', () => {
  const { sessions, events } = createFakeUserSessions()
  return { sessions, events: async () => events }
})
