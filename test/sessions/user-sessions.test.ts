import { describe, expectTypeOf, it } from 'vitest'
import type { EndSession } from '../../src/sessions/end-session.ts'
import type { UserSessions } from '../../src/sessions/rules.ts'
import { createFakeUserSessions } from '../fakes/fake-user-sessions.ts'
import { describeUserSessions } from './user-sessions-contract.ts'

describeUserSessions('rules over maps', () => {
  const { sessions, events } = createFakeUserSessions()
  return { sessions, events: async () => events }
})

describe('the methods that follow from the table of rules', () => {
  it('take what callers may say: the reasons that only the object gives are not among them', () => {
    expectTypeOf<Parameters<UserSessions['endSession']>>().toEqualTypeOf<[input: EndSession]>()
  })
})
