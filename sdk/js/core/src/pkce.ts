import { toBase64url, utf8 } from './base64url.ts'
import { AuthlyError } from './errors.ts'

/** 256 random bits, base64url: `state`, `nonce`, and code verifiers (RFC 7636 §4.1, 43 characters). */
export const randomToken = (): string => toBase64url(crypto.getRandomValues(new Uint8Array(32)))

/**
 * The `code_challenge` of a verifier by S256 (RFC 7636 §4.2).
 * @throws AuthlyError `invalid_code_verifier`
 */
export async function codeChallenge(verifier: string): Promise<string> {
  if (!/^[\w.~-]{43,128}$/.test(verifier)) throw new AuthlyError('invalid_code_verifier')
  return sha256(verifier)
}

/** SHA-256 of a text, base64url. */
export async function sha256(text: string): Promise<string> {
  return toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))))
}
