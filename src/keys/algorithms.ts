/**
 * Signature algorithms we sign with (RFC 7518 §3.1, RFC 8037). The key decides which one, never a token's header.
 */
export const signingAlgs = ['ES256', 'RS256', 'EdDSA'] as const
export type SigningAlg = (typeof signingAlgs)[number]
