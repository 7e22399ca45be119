/** Browsers in which a user has signed in before. Times are milliseconds since the Unix epoch. */

/** A browser in which the user has signed in before. */
export interface KnownDevice {
  readonly device_id: string
  /** The session of the last sign-in on it; it may have ended. */
  readonly session_id: string
  /** The first sign-in on it. */
  readonly known_since: number
  /** The last sign-in on it. */
  readonly last_used_at: number
  readonly ip: string | undefined
  readonly user_agent: string | undefined
}

/** Id and secret hash of a device cookie, as its object stores them. */
export interface DeviceProof {
  readonly device_id: string
  readonly secret_hash: string
}
