/** The `UserSessions` port without Durable Objects: the same rules over maps. */
import type { AuditEvent } from '../../src/audit/event.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import type { Rule, VerifiedRule } from '../../src/sessions/define-rule.ts'
import { rules, type SessionsOf, type UserSessions } from '../../src/sessions/rules.ts'
import type { SubjectState } from '../../src/sessions/subject-state.ts'
import { createMemorySubjectState } from './memory-subject-state.ts'

const testRoot = createRootSecret('A'.repeat(43))

/** One subject's sessions, the events they recorded, and the rows behind them. */
export function createFakeUserSessions(): {
  readonly sessions: UserSessions
  readonly events: AuditEvent[]
  readonly state: SubjectState
} {
  const { state, events } = createMemorySubjectState()
  const methods = Object.entries<Rule | VerifiedRule>(rules).map(([name, rule]) => [
    name,
    async (...input: never[]) =>
      rule.effect === 'verified'
        ? (await rule.verify(state, { root: testRoot, exchangeAccount: async () => undefined }, ...input))(
            state,
          )
        : rule.run(state, ...input),
  ])
  const sessions = Object.fromEntries(methods) as UserSessions
  return { sessions, events, state }
}

/** Many subjects: what `createSessionsOf` gives, and all events in order of subjects. */
export function createFakeSessionsOf(): {
  readonly sessionsOf: SessionsOf
  readonly events: () => AuditEvent[]
} {
  const subjects = new Map<string, ReturnType<typeof createFakeUserSessions>>()
  return {
    sessionsOf: (subject) => {
      let fake = subjects.get(subject)
      if (!fake) {
        fake = createFakeUserSessions()
        subjects.set(subject, fake)
      }
      return fake.sessions
    },
    events: () => [...subjects.values()].flatMap((fake) => fake.events),
  }
}
