/** Browsers at which the second factor is remembered. Times are milliseconds since the Unix epoch. */

/** A browser at which a person is not asked for the second factor again. */
export interface RememberedDevice {
  readonly remembered_id: string
  readonly remembered_at: number
  readonly expires_at: number
  readonly ip: string | undefined
  readonly user_agent: string | undefined
}

/** Id and secret hash of a cookie, as its object stores them. */
export interface RememberedProof {
  readonly remembered_id: string
  readonly secret_hash: string
}

/** What a known device stores of it. */
export interface RememberedFactor extends RememberedProof {
  readonly remembered_at: number
  readonly expires_at: number
}
