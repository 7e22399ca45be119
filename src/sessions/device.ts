/** Browsers in which a person has signed in before. Times are milliseconds since the Unix epoch. */

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
