/** PKCE (RFC 7636), S256 only: `plain` would reveal the verifier to anyone who sees the request. */
import { constantTimeEqual, sha256 } from '../kit/hash.ts'

export const codeChallengeMethods = ['S256'] as const

const challengeSyntax = /^[A-Za-z0-9_-]{43}$/
const verifierSyntax = /^[A-Za-z0-9._~-]{43,128}$/

export const isCodeChallenge = (text: string): boolean => challengeSyntax.test(text)

/** RFC 7636 §4.6: whether `challenge` was derived from `verifier`. */
export const verifierMatches = async (verifier: string, challenge: string): Promise<boolean> =>
  verifierSyntax.test(verifier) && constantTimeEqual(await sha256(verifier), challenge)
