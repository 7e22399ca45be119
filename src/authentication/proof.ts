/** What a completed step of a sign-in has proven. */

/** Kinds of evidence (NIST SP 800-63B-4 §2): something one knows, has, or is. */
export type Factor = 'knowledge' | 'possession' | 'inherence'

/** What a step can prove, as its file declares it. */
export interface PossibleProof {
  /** Authentication methods (RFC 8176). */
  readonly amr: readonly string[]
  readonly factors: readonly Factor[]
  /** Whether a page of another origin cannot pass it on (NIST SP 800-63B-4 §3.2.5). */
  readonly phishing_resistant: boolean
  /** Whether the key cannot leave its authenticator. */
  readonly hardware_protected: boolean
}

export interface Proof extends PossibleProof {
  /** Id of the step. */
  readonly step: string
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  /** The passkey used: the session ends when it is taken away. */
  readonly credential_id?: string | undefined
  /** The second factor was not asked with it, being remembered at this browser. */
  readonly second_factor_remembered?: true | undefined
}

/** The `amr` of a session: the methods of all its proofs, and `mfa` when they are of different kinds (RFC 8176 §2). */
export function amrOf(proofs: readonly Pick<Proof, 'amr' | 'factors'>[]): readonly string[] {
  const methods = new Set(proofs.flatMap(({ amr }) => amr))
  if (new Set(proofs.flatMap(({ factors }) => factors)).size > 1) methods.add('mfa')
  return [...methods]
}
