/**
 * The port of the `UserSessions` object: everything one subject's sign-ins consist of, as plain sequential
 * calls. One object per user (or per client, for the revocation of its service tokens). All inputs and
 * outputs are plain data, because they cross an RPC boundary. Times are milliseconds since the Unix epoch
 * unless a name ends in `_seconds`.
 */
import type { AuditEvent, Origin } from '../audit/event.ts'
import type { RequestedClaims } from '../protocol/claims-parameter.ts'

/** A person's sign-in on one browser. */
export interface Session {
  readonly session_id: string
  readonly user_id: string
  /** When the person last proved who they are. */
  readonly auth_time: number
  readonly acr: string
  readonly amr: readonly string[]
  readonly created_at: number
  readonly last_seen_at: number
  readonly expires_at: number
  readonly ip: string | undefined
  readonly user_agent: string | undefined
  /** Signed in with a password that must be changed first: good for nothing else. */
  readonly password_change_required: boolean
}

/** What a live session says at every silent sign-in. Few members: they cross the RPC boundary each time. */
export type LiveSession = Pick<
  Session,
  'session_id' | 'user_id' | 'auth_time' | 'acr' | 'amr' | 'password_change_required'
>

export interface NewSession {
  readonly session_id: string
  readonly secret_hash: string
  readonly acr: string
  readonly amr: readonly string[]
  readonly password_change_required: boolean
  readonly idle_ttl_seconds: number
  readonly absolute_ttl_seconds: number
}

/** A browser in which the person has signed in before. */
export interface KnownDevice {
  readonly device_id: string
  /** The session of the last sign-in there; it may have ended. */
  readonly session_id: string
  /** The first sign-in there. */
  readonly known_since: number
  /** The last sign-in there. */
  readonly last_used_at: number
  readonly ip: string | undefined
  readonly user_agent: string | undefined
}

/** Both halves of a device's handle, as its object stores them. */
export interface DeviceProof {
  readonly device_id: string
  readonly secret_hash: string
}

/** What a person granted a client by one authorization code: the root of its refresh-token family. */
export interface Grant {
  /** Equal to the id of the authorization code. */
  readonly grant_id: string
  readonly client_id: string
  readonly user_id: string
  /** The subject the client knows: differs from user_id for pairwise clients. */
  readonly sub: string
  readonly session_id: string
  readonly scopes: readonly string[]
  /** RFC 8707 resources granted. */
  readonly resources: readonly string[]
  readonly claims: RequestedClaims
  readonly auth_time: number
  readonly acr: string
  readonly amr: readonly string[]
  readonly nonce: string | undefined
}

export interface RefreshPolicy {
  readonly idle_ttl_seconds: number
  readonly absolute_ttl_seconds: number
  readonly replay_grace_seconds: number
}

export interface SettleLogin {
  readonly now: number
  /** When the account was read for this attempt: what ended all sessions since then ends this one too. */
  readonly read_at?: number | undefined
  readonly user_id: string
  /** Hash of the identifier typed: attempts are counted per identifier, so two of one account stay unlinkable. */
  readonly identifier_hash: string
  readonly password_ok: boolean
  readonly session: NewSession
  /** The session this sign-in replaces on the same browser, if any. */
  readonly replaces_session_id?: string | undefined
  /** What the browser presented of an earlier sign-in to this account, and what it gets at this one. */
  readonly device?: { readonly presented: DeviceProof | undefined; readonly next: DeviceProof } | undefined
  readonly origin: Origin
}

export type SettledLogin =
  | { readonly status: 'signed_in'; readonly session: Session }
  | { readonly status: 'refused' }
  /** Too many failures, and no known device: refused whatever the password was. */
  | { readonly status: 'locked'; readonly retry_after_seconds: number }

export interface CheckSession {
  readonly now: number
  readonly session_id: string
  readonly secret_hash: string
  /** Also look up the remembered consent for this client. */
  readonly client_id?: string | undefined
}

export interface RememberedConsent {
  readonly scopes: readonly string[]
  readonly claims: readonly string[]
}

export type CheckedSession =
  | {
      readonly status: 'live'
      readonly session: LiveSession
      readonly consent: RememberedConsent | undefined
    }
  | { readonly status: 'none' }

export interface RedeemCode {
  readonly now: number
  readonly grant: Grant
  readonly code_expires_at: number
  /** Present when the client gets a refresh token. */
  readonly refresh?: { readonly token_hash: string; readonly policy: RefreshPolicy } | undefined
  /** When the access token issued with this code ends: how long the grant row must be kept for introspection. */
  readonly access_token_expires_at: number
  readonly jti_hash: string
  readonly origin: Origin
}

export type RedeemedCode =
  | { readonly status: 'redeemed' }
  /** Used before: everything issued from it is revoked now (RFC 6749 §4.1.2). */
  | { readonly status: 'reused' }
  /** Expired, or the session it belongs to has ended. */
  | { readonly status: 'refused' }

export interface RotateRefresh {
  readonly now: number
  readonly grant_id: string
  readonly client_id: string
  readonly presented_hash: string
  readonly successor_hash: string
  /** What a retry gets back, sealed under a key that only the presented token yields. */
  readonly replay: string
  /** Narrowed scope, if asked for; must be within the grant (RFC 6749 §6). */
  readonly scopes?: readonly string[] | undefined
  readonly resources?: readonly string[] | undefined
  /** What the client may ask for by now; undefined: whatever was granted. */
  readonly registered_resources?: readonly string[] | undefined
  readonly policy: RefreshPolicy
  readonly access_token_expires_at: number
  readonly origin: Origin
}

export type RotatedRefresh =
  | { readonly status: 'rotated'; readonly grant: Grant }
  /** A retry inside the grace window: answer with `replay` again. */
  | { readonly status: 'replayed'; readonly grant: Grant; readonly replay: string }
  | { readonly status: 'invalid_scope' }
  | { readonly status: 'invalid_target' }
  /** An old token came back: the family is revoked now (RFC 9700 §4.14). */
  | { readonly status: 'reused' }
  /** Unknown, expired, revoked, or another client's. */
  | { readonly status: 'refused' }

export type InspectToken =
  | {
      readonly now: number
      readonly kind: 'access'
      readonly grant_id?: string | undefined
      readonly jti_hash: string
      /** Whether the answer should carry the grant; the token itself mostly says enough. */
      readonly with_grant?: boolean | undefined
    }
  | {
      readonly now: number
      readonly kind: 'refresh'
      readonly grant_id: string
      readonly secret_hash: string
    }

export type InspectedToken =
  | {
      readonly status: 'live'
      /** Absent for service tokens, which have none, and for access tokens unless asked for. */
      readonly grant?: Grant
      /** For refresh tokens: when it ends if not used. */
      readonly expires_at?: number
    }
  | { readonly status: 'dead' }

export type RevokeToken = {
  readonly now: number
  readonly client_id: string
  readonly origin: Origin
} & (
  | {
      readonly kind: 'access'
      readonly grant_id?: string | undefined
      readonly jti_hash: string
      readonly expires_at: number
    }
  | { readonly kind: 'refresh'; readonly grant_id: string; readonly secret_hash: string }
)

/** Work that outlives the access token it was ordered with. */
export interface Delegate {
  readonly now: number
  /** Names the work: a background job. */
  readonly work_id: string
  readonly client_id: string
  /** Absent for service tokens. */
  readonly grant_id?: string | undefined
  readonly jti_hash: string
}

/** Who ends what is another person's; absent: the person. */
export type ActingParty = Pick<AuditEvent, 'actor_type' | 'actor_id'>

export interface EndSession {
  readonly now: number
  readonly session_id: string
  /** Ends the session's grants too, but for those with `offline_access`. */
  readonly origin: Origin
  readonly reason: 'logout' | 'revoked' | 'replaced'
  readonly by?: ActingParty | undefined
}

export interface EndAllSessions {
  readonly now: number
  readonly origin: Origin
  readonly except_session_id?: string | undefined
  /** Default: `signed_out_everywhere`. */
  readonly reason?:
    | 'account_disabled'
    | 'account_deleted'
    | 'credentials_reset'
    | 'password_changed'
    | undefined
  readonly by?: ActingParty | undefined
  /** Also drops failed sign-ins (`attempts`) or all that is remembered of the person (`everything`). */
  readonly forget?: 'attempts' | 'everything' | undefined
}

export interface ForgetDevice {
  readonly now: number
  readonly user_id: string
  readonly device_id: string
  readonly origin: Origin
}

export interface ForgetConsent {
  readonly now: number
  readonly origin: Origin
  readonly client_id: string
  readonly by: ActingParty
}

export interface CompletePasswordChange {
  readonly now: number
  readonly session_id: string
  /** What the session becomes: its old handle may be in other hands too. */
  readonly renewed: { readonly session_id: string; readonly secret_hash: string }
  readonly origin: Origin
}

export interface SpendInteraction {
  readonly interaction_id: string
  /** When the interaction opens no more: until then its use is remembered. */
  readonly expires_at: number
}

export interface RememberConsent {
  readonly now: number
  readonly client_id: string
  readonly session_id: string
  readonly user_id: string
  /** All that is allowed now; replaces what was remembered. */
  readonly scopes: readonly string[]
  readonly claims: readonly string[]
  /** False: copies what Postgres already knows, without an event. */
  readonly new_decision: boolean
  readonly origin: Origin
}

/** The object of one subject. Get it with `SessionsOf`. */
export interface UserSessions {
  settleLogin(input: SettleLogin): Promise<SettledLogin>
  checkSession(input: CheckSession): Promise<CheckedSession>
  /** Ends every session and every grant; this browser goes on in a new, ordinary session. Repeatable. */
  completePasswordChange(input: CompletePasswordChange): Promise<void>
  /** @returns whether there was such a session */
  endSession(input: EndSession): Promise<boolean>
  /** Ends all sessions and all grants, `offline_access` included, and forgets the known devices. Repeatable. */
  endAllSessions(input: EndAllSessions): Promise<void>
  /** Failed sign-ins count no more. Repeatable. */
  forgiveFailures(): Promise<void>
  listSessions(input: { now: number }): Promise<readonly Session[]>
  /** Known devices, the last used one first. */
  listDevices(input: { now: number }): Promise<readonly KnownDevice[]>
  /** @returns whether there was such a device */
  forgetDevice(input: ForgetDevice): Promise<boolean>
  rememberConsent(input: RememberConsent): Promise<void>
  /**
   * A consent was withdrawn: the copy goes, and every grant of the client with it. Repeatable.
   * @returns whether there was anything
   */
  forgetConsent(input: ForgetConsent): Promise<boolean>
  /** The person said no; only an event. */
  denyConsent(input: {
    now: number
    client_id: string
    session_id: string
    user_id: string
    origin: Origin
  }): Promise<void>
  /**
   * A login in progress leads to one code at most.
   * @returns whether this was its first use
   */
  spendInteraction(input: SpendInteraction): Promise<boolean>
  redeemCode(input: RedeemCode): Promise<RedeemedCode>
  rotateRefresh(input: RotateRefresh): Promise<RotatedRefresh>
  inspectToken(input: InspectToken): Promise<InspectedToken>
  revokeToken(input: RevokeToken): Promise<void>
  /** Lends what a live access token stands for to work that outlives it. @returns false when it lives no more */
  delegate(input: Delegate): Promise<boolean>
  /** Whether nobody has withdrawn since what was delegated. */
  isDelegated(input: { readonly now: number; readonly work_id: string }): Promise<boolean>
}

/** The object of a user id, or of `client:<client_id>`. Makes no call by itself. */
export type SessionsOf = (subject: string) => UserSessions
