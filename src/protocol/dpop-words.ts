/** Words of DPoP (RFC 9449). */
import { assertionSigningAlgs } from './client-auth-methods.ts'

/** Algorithms of proofs: asymmetric only (§4.3). */
export const dpopSigningAlgs = assertionSigningAlgs

/** Form of the thumbprint of a key, as in `dpop_jkt` (§10): base64url of a SHA-256. */
export const isThumbprint = (value: string): boolean => /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(value)
