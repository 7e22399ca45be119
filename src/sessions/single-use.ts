/** The port of single-use values: JWT assertion ids (RFC 7523 §3), authorization requests, later DPoP proofs. */

/**
 * Marks `value` within `scope` (e.g. a client id) as used until `expiresAt` (milliseconds since the Unix epoch).
 * @returns false when it was used before
 */
export type SpendOnce = (scope: string, value: string, expiresAt: number) => Promise<boolean>

/** Whether `value` was used before. It may be a moment later: only `SpendOnce` decides. */
export type WasSpent = (scope: string, value: string) => Promise<boolean>
