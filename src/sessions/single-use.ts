/** The port of single-use values: JWT assertion ids (RFC 7523 §3), later DPoP proofs and request URIs. */

/**
 * Marks `value` within `scope` (e.g. a client id) as used until `expiresAt` (milliseconds since the Unix epoch).
 * @returns false when it was used before
 */
export type SpendOnce = (scope: string, value: string, expiresAt: number) => Promise<boolean>
