/** The port of single-use values: JWT assertion ids (RFC 7523 §3), later DPoP proofs and request URIs. */

/**
 * Spends `value` within `scope` (e.g. a client id) until `expiresAt` (milliseconds since the Unix epoch).
 * @returns false when it was spent before
 */
export type SpendOnce = (scope: string, value: string, expiresAt: number) => Promise<boolean>
