/**
 * The stored state of one subject, as the rules see it: rows, and a few ways to access them. Implemented by the tables
 * of the UserSessions object, or by plain maps in tests. Rows are immutable; `put` replaces.
 */
import type { AuditEvent } from '../audit/event.ts'
import type { AccountCopy } from '../passkeys/account-copy.ts'
import type { RefreshFamily } from './decide-refresh.ts'
import type { KnownDevice } from './device-types.ts'
import type { Grant } from './grant.ts'
import type { LoginAttempts } from './lock-out.ts'
import type { DueLogout, Participant } from './participant-types.ts'
import type { PendingSignIn } from './pending-types.ts'
import type { RememberedFactor } from './remembered-device-types.ts'
import type { Session } from './session.ts'
import type { ProofUse } from './spent-proof.ts'

export interface RememberedConsent {
  readonly scopes: readonly string[]
  readonly claims: readonly string[]
  /** The redirect URIs and keys that the client had. */
  readonly fingerprint?: string | undefined
}

/** A session with the members only its object knows. Times are milliseconds since the Unix epoch. */
export interface StoredSession extends Omit<Session, 'expires_at'> {
  readonly secret_hash: string
  readonly idle_ttl_seconds: number
  readonly absolute_expires_at: number
  /** Clients that want to be told when it ends. */
  readonly participants?: readonly Participant[] | undefined
}

/** A grant, its refresh family, and how long its row must stay. Times are milliseconds since the Unix epoch. */
export interface StoredGrant {
  readonly grant: Grant
  readonly revoked: boolean
  /** Absent when the client got no refresh token. */
  readonly family: RefreshFamily | undefined
  /** Until then a second use of the code must be recognised. */
  readonly code_expires_at: number
  /** When the last access token issued from it ends. */
  readonly access_expires_at: number
}

/** A delegation of an access token to work that outlives it. */
export interface Delegation {
  /** A background job. */
  readonly work_id: string
  readonly client_id: string
  /** Absent for service tokens. */
  readonly grant_id: string | undefined
  /** Absent when the grant outlives its session. */
  readonly session_id: string | undefined
  readonly jti_hash: string
  /** Milliseconds since the Unix epoch. */
  readonly keep_until: number
}

/** A known device with the members only its object knows. Times are milliseconds since the Unix epoch. */
export interface StoredDevice extends KnownDevice {
  readonly secret_hash: string
  /** Wrong passwords since the last sign-in there. */
  readonly failures: number
  /** When a sign-in gave the browser a new secret that replaces this one. */
  readonly replaced_at: number | undefined
  /** The second factor, if the person had it remembered there. */
  readonly remembered: RememberedFactor | undefined
}

/** A one-time password that was accepted. */
export interface StoredOtpUse {
  readonly otp_id: string
  /** Its time step (RFC 6238 §4.2), or its counter. */
  readonly step: number
  readonly used_at: number
}

export interface SubjectState {
  readonly sessions: {
    find(sessionId: string): StoredSession | undefined
    all(): readonly StoredSession[]
    put(session: StoredSession): void
    /** Changes nothing else of it. */
    putParticipants(session: StoredSession, participants: readonly Participant[]): void
    delete(sessionId: string): void
  }
  readonly grants: {
    find(grantId: string): StoredGrant | undefined
    /** Those not revoked. */
    allLive(): readonly StoredGrant[]
    /** Whether `limit` or more are live at `now`. */
    isFull(limit: number, now: number): boolean
    put(grant: StoredGrant): void
  }
  /** Clients that somebody else will tell. */
  readonly dueLogouts: {
    add(sessionId: string, logouts: readonly DueLogout[]): void
  }
  readonly attempts: {
    find(identifierHash: string): LoginAttempts | undefined
    put(identifierHash: string, attempts: LoginAttempts): void
    delete(identifierHash: string): void
    clear(): void
  }
  readonly devices: {
    find(deviceId: string): StoredDevice | undefined
    /** May include replaced and expired ones. */
    all(): readonly StoredDevice[]
    /** Keeps what is remembered there, unless `device` says something else. */
    put(device: StoredDevice): void
    /** Forgets the second factor there. */
    forgetFactor(deviceId: string): void
    delete(deviceId: string): void
  }
  readonly pendingSignIns: {
    find(pendingId: string): PendingSignIn | undefined
    /** May include expired ones. */
    all(): readonly PendingSignIn[]
    /** Drops the oldest beyond a limit. */
    put(pending: PendingSignIn): void
    delete(pendingId: string): void
    clear(): void
  }
  readonly consents: {
    find(clientId: string): RememberedConsent | undefined
    put(clientId: string, consent: RememberedConsent): void
    delete(clientId: string): void
    clear(): void
  }
  /** Individually revoked access tokens, by the hash of their id. */
  readonly revokedTokens: {
    has(jtiHash: string): boolean
    /** @returns false when it was already there */
    add(jtiHash: string, expiresAt: number): boolean
  }
  /** Logins in progress that led to a code. */
  readonly spentInteractions: {
    /** @returns false when it was already there */
    add(interactionId: string, expiresAt: number): boolean
  }
  /** Proofs that were accepted and could still be presented again. */
  readonly spentProofs: {
    has(proof: ProofUse): boolean
    /** @returns false when it was already there */
    add(proof: ProofUse, now: number): boolean
  }
  /** The last accepted code of each generator of one-time passwords. */
  readonly otpUses: {
    all(): readonly StoredOtpUse[]
    /** Uses up this code and all before it. @returns false when it was used up already */
    spend(use: StoredOtpUse): boolean
  }
  readonly delegations: {
    find(workId: string): Delegation | undefined
    put(delegation: Delegation): void
    withdraw(those: {
      readonly of: 'client_id' | 'grant_id' | 'session_id' | 'jti_hash'
      readonly is: string
      /** Only delegations of this client. */
      readonly client_id?: string | undefined
    }): void
    /** Delegations made in a session that is replaced end with the new one. */
    moveSession(from: string, to: string): void
    withdrawAll(): void
  }
  /** The copy of the account, for sign-ins with a passkey; absent until the first of them. */
  readonly accountCopy: {
    get(): AccountCopy | undefined
    put(copy: AccountCopy): void
    drop(): void
  }
  /** The waiting period after which the account opens without its second factor; one at most. */
  readonly recoveryWait: {
    /** @returns its `recovery_hash` */
    find(now: number): string | undefined
    /** @param until milliseconds since the Unix epoch */
    put(recoveryHash: string, until: number): void
    /** @returns whether there was one */
    delete(): boolean
  }
  /** Passkeys that are being taken away. */
  readonly passkeyRefusals: {
    /** @param until milliseconds since the Unix epoch */
    put(credentialId: string, until: number): void
    hasAny(credentialIds: readonly string[], now: number): boolean
    delete(credentialId: string): void
  }
  /**
   * Grows whenever a passkey or the account is taken away: what was read from Postgres before must not be stored. Only
   * in memory, as `allEnded`.
   */
  readonly takenAway: { generation: number }
  /**
   * When all sessions were last ended (milliseconds since the Unix epoch). Only in memory: it concerns sign-ins in
   * progress at that moment, which take less time than an object stays in memory.
   */
  readonly allEnded: { at: number }
  /** Appends to the audit trail, together with the changes made by the same call. */
  record(event: AuditEvent): void
}
