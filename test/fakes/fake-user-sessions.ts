/** The `UserSessions` port without Durable Objects: the same rules over maps. */
import type { AuditEvent } from '../../src/audit/event.ts'
import { checkSession } from '../../src/sessions/check-session.ts'
import { completePasswordChange } from '../../src/sessions/complete-password-change.ts'
import { delegate, isDelegated } from '../../src/sessions/delegate.ts'
import { endAllSessions, endSession } from '../../src/sessions/end-session.ts'
import { forgetConsent } from '../../src/sessions/forget-consent.ts'
import { inspectToken } from '../../src/sessions/inspect-token.ts'
import { forgetDevice, listDevices } from '../../src/sessions/known-device.ts'
import { listSessions } from '../../src/sessions/list-sessions.ts'
import { redeemCode } from '../../src/sessions/redeem-code.ts'
import { denyConsent, rememberConsent } from '../../src/sessions/remember-consent.ts'
import { revokeToken } from '../../src/sessions/revoke-token.ts'
import { rotateRefresh } from '../../src/sessions/rotate-refresh.ts'
import { settleLogin } from '../../src/sessions/settle-login.ts'
import type { SessionsOf, UserSessions } from '../../src/sessions/user-sessions.ts'
import { createMemorySubjectState } from './memory-subject-state.ts'

/** One subject's sessions, and the events they recorded. */
export function createFakeUserSessions(): { readonly sessions: UserSessions; readonly events: AuditEvent[] } {
  const { state, events } = createMemorySubjectState()
  const sessions: UserSessions = {
    settleLogin: async (input) => settleLogin(state, input),
    checkSession: async (input) => checkSession(state, input),
    completePasswordChange: async (input) => completePasswordChange(state, input),
    endSession: async (input) => endSession(state, input),
    endAllSessions: async (input) =>
      endAllSessions(state, { ...input, reason: input.reason ?? 'signed_out_everywhere' }),
    forgiveFailures: async () => state.attempts.clear(),
    listSessions: async (input) => listSessions(state, input),
    listDevices: async (input) => listDevices(state, input),
    forgetDevice: async (input) => forgetDevice(state, input),
    rememberConsent: async (input) => rememberConsent(state, input),
    forgetConsent: async (input) => forgetConsent(state, input),
    denyConsent: async (input) => denyConsent(state, input),
    spendInteraction: async ({ interaction_id, expires_at }) =>
      state.spentInteractions.add(interaction_id, expires_at),
    redeemCode: async (input) => redeemCode(state, input),
    rotateRefresh: async (input) => rotateRefresh(state, input),
    inspectToken: async (input) => inspectToken(state, input),
    revokeToken: async (input) => revokeToken(state, input),
    delegate: async (input) => delegate(state, input),
    isDelegated: async (input) => isDelegated(state, input),
  }
  return { sessions, events }
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
