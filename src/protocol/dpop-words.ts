/** Words of DPoP (RFC 9449). */
import { isBase64Url } from '../kit/base64url.ts'
import { assertionSigningAlgs } from './client-auth-methods.ts'

/** Algorithms of proofs: asymmetric only (§4.3). */
export const dpopSigningAlgs = assertionSigningAlgs

/** Form of the thumbprint of a key, as in `dpop_jkt` (§10): base64url of a SHA-256. */
export const isThumbprint = (value: string): boolean => value.length === 43 && isBase64Url(value)
