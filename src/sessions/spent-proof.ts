/** Proofs that may be used once (RFC 9449 §11.1). They are remembered by the object that is asked about the token anyway. */
export interface ProofUse {
  /** Of what identifies it: the client chooses that. */
  readonly proof_hash: string
  /** Milliseconds since the Unix epoch, the same for every use of one proof: after that, nobody accepts it. */
  readonly keep_until: number
}
