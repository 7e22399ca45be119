/** A user's consent for a client, in Postgres; the user's object keeps a copy for the hot path. */
export interface Consent {
  readonly scopes: readonly string[]
  /** Claim names requested by the `claims` parameter and allowed. */
  readonly claims: readonly string[]
}

export type FindConsent = (userId: string, clientId: string) => Promise<Consent | undefined>

/** Adds to the existing consent (never removes) and returns the result. One statement. */
export type SaveConsent = (userId: string, clientId: string, consent: Consent) => Promise<Consent>
