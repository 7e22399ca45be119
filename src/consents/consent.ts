/** A user's consent for a client, in Postgres; the user's object keeps a copy for the hot path. */
export interface Consent {
  readonly scopes: readonly string[]
  /** Claim names requested by the `claims` parameter and allowed. */
  readonly claims: readonly string[]
  /** The redirect URIs and keys that the client had (`Client.fingerprint`); it holds for these alone. */
  readonly fingerprint?: string | undefined
}

/** Whether a consent was given to the client as it is: with the same redirect URIs and keys. */
export const isForSameClient = (
  consent: Pick<Consent, 'fingerprint'>,
  client: { readonly fingerprint: string | undefined },
): boolean => (consent.fingerprint ?? undefined) === client.fingerprint

export type FindConsent = (userId: string, clientId: string) => Promise<Consent | undefined>

/**
 * Adds to the existing consent and returns the result; replaces one that was given to other redirect URIs or keys. One
 * statement.
 */
export type SaveConsent = (userId: string, clientId: string, consent: Consent) => Promise<Consent>
