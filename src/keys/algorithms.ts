/**
 * What the server's own keys are for (RFC 7518 §3.1, §4.1; RFC 8037). The key decides the algorithm, never a token's
 * header.
 */

/** Signature algorithms. Their order is that of discovery and of the choice a client leaves to us. */
export const signingAlgs = ['ES256', 'RS256', 'EdDSA', 'PS256', 'ES384'] as const
export type SigningAlg = (typeof signingAlgs)[number]

/** Those that every deployment has a key of. Keys of the others are made when a client wants them. */
export const standingAlgs = ['ES256', 'RS256', 'EdDSA'] as const satisfies readonly SigningAlg[]

/**
 * Key management algorithms of what is encrypted to us, made when a client wants them. RSA1_5 never: whoever may ask
 * whether its padding is right decrypts by asking (RFC 8725 §3.2).
 */
export const decryptionAlgs = ['RSA-OAEP-256', 'ECDH-ES'] as const
export type DecryptionAlg = (typeof decryptionAlgs)[number]

/** Key management algorithms of what we encrypt to clients; RSA1_5, `dir` and passwords never. */
export const encryptionAlgs = ['RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW'] as const
export type EncryptionAlg = (typeof encryptionAlgs)[number]

/** How the content is encrypted then (RFC 7518 §5.1); all of them authenticate it. */
export const contentEncryptions = ['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'] as const
export type ContentEncryption = (typeof contentEncryptions)[number]

export const keyAlgs = [...signingAlgs, ...decryptionAlgs] as const
export type KeyAlg = (typeof keyAlgs)[number]

export const isSigningAlg = (alg: unknown): alg is SigningAlg => signingAlgs.some((known) => known === alg)
export const isKeyAlg = (alg: unknown): alg is KeyAlg => keyAlgs.some((known) => known === alg)

/** RFC 7517 §4.2. */
export const useOf = (alg: KeyAlg): 'sig' | 'enc' => (isSigningAlg(alg) ? 'sig' : 'enc')
