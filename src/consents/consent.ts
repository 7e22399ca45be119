/** What a person has allowed a client, in Postgres; the user's object keeps a copy for the hot path. */
export interface Consent {
  readonly scopes: readonly string[]
  /** Claim names asked for by the `claims` parameter and allowed. */
  readonly claims: readonly string[]
}

export type FindConsent = (userId: string, clientId: string) => Promise<Consent | undefined>

/** Adds to what was allowed before (never takes away) and returns the whole. One statement. */
export type SaveConsent = (userId: string, clientId: string, consent: Consent) => Promise<Consent>
