/** How an authorization request came, which some clients are held to, and how often it may be answered. */
export interface Provenance {
  /** RFC 9126 */
  readonly pushed: boolean
  /** By one of the client's keys (RFC 9101). */
  readonly signed: boolean
  /** Present when it may lead to one response only: this is used up when that leaves. */
  readonly once?: OneUse | undefined
}

export interface OneUse {
  readonly id: string
  /** Until nothing can begin or complete with the request any more; milliseconds since the Unix epoch. */
  readonly keep_until: number
}

/** Every parameter was in the query or the form (OAuth 2.1 §4.1.1). */
export const plain: Provenance = { pushed: false, signed: false }
