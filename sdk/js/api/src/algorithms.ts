/**
 * Algorithms of access tokens: asymmetric only. Attack: HS256 with the public key as the secret, which everybody knows
 * (RFC 8725 §2.1).
 */
export const tokenAlgorithms = [
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'],
] as readonly string[]

/** Algorithms of DPoP proofs (RFC 9449 §4.3): those that Authly accepts. */
export const proofAlgorithms = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'Ed25519']
