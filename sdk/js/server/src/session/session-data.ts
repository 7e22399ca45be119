import type { IdTokenClaims } from '@authly-server/core'

/** What is known of a session: sealed into the cookie, or kept in the store. Times are milliseconds. */
export interface SessionData {
  readonly version: 1
  /** Random, new at every sign-in. */
  readonly id: string
  readonly startedAt: number
  /** When it was last written; idle time counts from here. */
  readonly usedAt: number
  /** Grows with every write: of two copies the higher one is newer. */
  readonly generation: number
  readonly user: IdTokenClaims
  /** The `id_token_hint` of the sign-out. */
  readonly idToken?: string
  readonly scope: string
  readonly refreshToken?: string
  readonly tokens: readonly HeldToken[]
}

export interface HeldToken {
  /** Undefined: for everything that was granted. */
  readonly resource?: string
  readonly token: string
  readonly obtainedAt: number
  readonly expiresAt: number
}

/** A token this near its end is renewed before it is used. */
const renewAheadMs = 60_000

/** The token for a resource, also when it has ended. */
export const heldToken = ({ tokens }: SessionData, resource: string | undefined): HeldToken | undefined =>
  tokens.find((token) => token.resource === resource)

/** Tokens that live less than a few minutes are renewed in the last fifth of their life. */
export const isNearEnd = ({ obtainedAt, expiresAt }: HeldToken, now: number): boolean =>
  expiresAt - now < Math.min(renewAheadMs, (expiresAt - obtainedAt) / 5)

/** The session with renewed tokens in place of those for the same resources. */
export const withTokens = (data: SessionData, renewed: readonly HeldToken[]): SessionData => ({
  ...data,
  tokens: [
    ...renewed,
    ...data.tokens.filter((old) => !renewed.some(({ resource }) => resource === old.resource)),
  ],
})
