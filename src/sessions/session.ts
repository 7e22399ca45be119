/** A user's session on one browser, as its object returns it. Times are milliseconds since the Unix epoch. */

import type { Proof } from '../authentication/proof.ts'

/** Where a request came from, as Cloudflare says. */
export interface Place {
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  /** In English, where it is known. */
  readonly city?: string | undefined
}

/** A user's session on one browser. */
export interface Session {
  readonly session_id: string
  readonly user_id: string
  /** When the user last authenticated. */
  readonly auth_time: number
  readonly acr: string
  readonly amr: readonly string[]
  readonly created_at: number
  readonly last_seen_at: number
  readonly expires_at: number
  /** What was proven, step by step; it counts when more is asked for later. */
  readonly proofs: readonly Proof[]
  readonly ip: string | undefined
  readonly user_agent: string | undefined
  /** Where it began; absent where nobody says. */
  readonly place?: Place | undefined
  /** Signed in with a password that must be changed first: usable for nothing else. */
  readonly password_change_required: boolean
}

/**
 * The part of a live session that every silent sign-in needs. Few members, because they cross the RPC boundary each
 * time.
 */
export type LiveSession = Pick<
  Session,
  'session_id' | 'user_id' | 'auth_time' | 'acr' | 'amr' | 'password_change_required'
> & {
  /** No second factor was asked, because it is remembered at this browser: no `max_age` is satisfied by that. */
  readonly second_factor_remembered?: true | undefined
}

/** A session before it is known what it proves. */
export interface SessionSeed {
  readonly session_id: string
  readonly secret_hash: string
  readonly password_change_required: boolean
  readonly idle_ttl_seconds: number
  readonly absolute_ttl_seconds: number
}

export interface NewSession extends SessionSeed {
  readonly acr: string
  readonly amr: readonly string[]
  readonly proofs: readonly Proof[]
}

/** Why all sessions of a user end, other than signing out everywhere. */
export type SignOutReason =
  | 'account_disabled'
  | 'account_deleted'
  | 'credentials_reset'
  | 'deletion_requested'
  | 'password_changed'
  | 'not_me'
