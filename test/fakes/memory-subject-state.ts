/** A subject's state in plain maps, for rules without storage. */
import type { AuditEvent } from '../../src/audit/event.ts'
import type { AccountCopy } from '../../src/passkeys/account-copy.ts'
import { grantEnd } from '../../src/sessions/limit-grants.ts'
import type { LoginAttempts } from '../../src/sessions/lock-out.ts'
import type { DueLogout } from '../../src/sessions/participant-types.ts'
import type { PendingSignIn } from '../../src/sessions/pending-sign-in.ts'
import type {
  Delegation,
  RememberedConsent,
  StoredDevice,
  StoredGrant,
  StoredOtpUse,
  StoredSession,
  SubjectState,
} from '../../src/sessions/subject-state.ts'

export function createMemorySubjectState(): {
  readonly state: SubjectState
  readonly events: AuditEvent[]
  readonly dueLogouts: readonly DueLogout[]
} {
  const sessions = new Map<string, StoredSession>()
  const grants = new Map<string, StoredGrant>()
  const dueLogouts: DueLogout[] = []
  const attempts = new Map<string, LoginAttempts>()
  const devices = new Map<string, StoredDevice>()
  const pending = new Map<string, PendingSignIn>()
  const consents = new Map<string, RememberedConsent>()
  const revoked = new Set<string>()
  const spent = new Set<string>()
  const otpUses = new Map<string, StoredOtpUse>()
  const delegations = new Map<string, Delegation>()
  const refusals = new Map<string, number>()
  let copy: AccountCopy | undefined
  let wait: { readonly hash: string; readonly until: number } | undefined
  const events: AuditEvent[] = []
  const liveGrants = () => [...grants.values()].filter((stored) => !stored.revoked)

  const state: SubjectState = {
    sessions: {
      find: (id) => sessions.get(id),
      all: () => [...sessions.values()],
      put: (session) => void sessions.set(session.session_id, session),
      putParticipants: (session, participants) =>
        void sessions.set(session.session_id, { ...session, participants }),
      delete: (id) => void sessions.delete(id),
    },
    grants: {
      find: (id) => grants.get(id),
      allLive: liveGrants,
      isFull: (limit, now) => liveGrants().filter((stored) => now < grantEnd(stored)).length >= limit,
      put: (stored) => void grants.set(stored.grant.grant_id, stored),
    },
    dueLogouts: { add: (_, logouts) => void dueLogouts.push(...logouts) },
    attempts: {
      find: (hash) => attempts.get(hash),
      put: (hash, value) => void attempts.set(hash, value),
      delete: (hash) => void attempts.delete(hash),
      clear: () => attempts.clear(),
    },
    devices: {
      find: (id) => devices.get(id),
      all: () => [...devices.values()],
      put: (device) => void devices.set(device.device_id, device),
      forgetFactor(id) {
        const device = devices.get(id)
        if (device) devices.set(id, { ...device, remembered: undefined })
      },
      delete: (id) => void devices.delete(id),
    },
    pendingSignIns: {
      find: (id) => pending.get(id),
      all: () => [...pending.values()],
      put: (each) => void pending.set(each.pending_id, each),
      delete: (id) => void pending.delete(id),
      clear: () => pending.clear(),
    },
    consents: {
      find: (clientId) => consents.get(clientId),
      put: (clientId, consent) => void consents.set(clientId, consent),
      delete: (clientId) => void consents.delete(clientId),
      clear: () => consents.clear(),
    },
    revokedTokens: {
      has: (jtiHash) => revoked.has(jtiHash),
      add: (jtiHash) => !revoked.has(jtiHash) && Boolean(revoked.add(jtiHash)),
    },
    spentInteractions: {
      add: (interactionId) => !spent.has(interactionId) && Boolean(spent.add(interactionId)),
    },
    spentProofs: {
      has: ({ proof_hash }) => spent.has(`proof ${proof_hash}`),
      add: ({ proof_hash }) => !spent.has(`proof ${proof_hash}`) && Boolean(spent.add(`proof ${proof_hash}`)),
    },
    otpUses: {
      all: () => [...otpUses.values()],
      spend: (use) =>
        use.step > (otpUses.get(use.otp_id)?.step ?? -1) && Boolean(otpUses.set(use.otp_id, use)),
    },
    delegations: {
      find: (workId) => delegations.get(workId),
      put: (delegation) => void delegations.set(delegation.work_id, delegation),
      withdraw({ of, is, client_id }) {
        for (const [id, delegation] of delegations) {
          const isTheirs = client_id === undefined || delegation.client_id === client_id
          if (delegation[of] === is && isTheirs) delegations.delete(id)
        }
      },
      moveSession(from, to) {
        for (const [id, delegation] of delegations) {
          if (delegation.session_id === from) delegations.set(id, { ...delegation, session_id: to })
        }
      },
      withdrawAll: () => delegations.clear(),
    },
    accountCopy: {
      get: () => copy,
      put(changed) {
        copy = changed
      },
      drop() {
        copy = undefined
      },
    },
    recoveryWait: {
      find: (now) => (wait && wait.until > now ? wait.hash : undefined),
      put(hash, until) {
        wait = { hash, until }
      },
      delete() {
        const had = wait !== undefined
        wait = undefined
        return had
      },
    },
    passkeyRefusals: {
      put: (id, until) => void refusals.set(id, until),
      hasAny: (ids, now) => ids.some((id) => (refusals.get(id) ?? 0) > now),
      delete: (id) => void refusals.delete(id),
    },
    takenAway: { generation: 0 },
    allEnded: { at: 0 },
    record: (event) => void events.push(event),
  }
  return { state, events, dueLogouts }
}
