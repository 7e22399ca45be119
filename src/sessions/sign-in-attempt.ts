/** What every call brings that may begin a session. */
import type { Origin } from '../audit/event.ts'
import type { DeviceProof } from './device-types.ts'
import type { SessionLimit } from './limit-sessions.ts'
import type { RememberedProof } from './remembered-device-types.ts'
import type { SessionSeed } from './session.ts'

export interface SignInAttempt {
  readonly now: number
  /** When the account was read for this attempt: if all sessions have been ended since, this one is refused too. */
  readonly read_at?: number | undefined
  readonly user_id: string
  /** The session that begins when nothing more is demanded. */
  readonly session: SessionSeed
  /** The session this sign-in replaces on the same browser, if any. */
  readonly replaces_session_id?: string | undefined
  /** The device cookie of an earlier sign-in to this account, and the one that replaces it. */
  readonly device?: { readonly presented: DeviceProof | undefined; readonly next: DeviceProof } | undefined
  /** The cookie of a browser at which the second factor is remembered. */
  readonly remembered?: RememberedProof | undefined
  /** Absent: 100, and the oldest ends. */
  readonly limit?: SessionLimit | undefined
  /** The person wants the second factor remembered at this browser. */
  readonly remember_second_factor?: (RememberedProof & { readonly days: number }) | undefined
  readonly origin: Origin
}
