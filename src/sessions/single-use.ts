/** The port of single-use values: JWT assertion ids (RFC 7523 §3), authorization requests, DPoP proofs of clients. */

/**
 * Marks `value` within `scope` (e.g. a client id) as used until `expiresAt` (milliseconds since the Unix epoch).
 * @returns false when it was used before
 */
export type SpendOnce = (scope: string, value: string, expiresAt: number) => Promise<boolean>

/** The scope of what a client may use once: one object for all of it, named after the first kind. */
export const clientSingleUse = (clientId: string): string => `client-assertion:${clientId}`

/** Whether `value` was used before. It may be a moment later: only `SpendOnce` decides. */
export type WasSpent = (scope: string, value: string) => Promise<boolean>
