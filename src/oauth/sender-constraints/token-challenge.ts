/** What `WWW-Authenticate` says at resources of ours (RFC 6750 §3, RFC 9449 §7.1). */

import { dpopSigningAlgs } from '../../protocol/dpop-words.ts'
import { type OAuthErrorCode, type OAuthRefusal, refuse } from '../../protocol/refusal.ts'
import type { TokenType } from '../../protocol/token-confirmation.ts'

const algs = `algs="${dpopSigningAlgs.join(' ')}"`

/**
 * The challenges of a resource: both schemes, first that of the request with what is wrong in it. Their order means
 * nothing (RFC 9110 §11.6.1), but there are clients that look for a nonce only where DPoP comes first.
 * @param scheme of the token presented
 * @param attributes printable, without quotes
 */
export function challenge(scheme: TokenType, attributes: Readonly<Record<string, string>> = {}): string {
  const told = Object.entries(attributes).map(([name, value]) => `, ${name}="${value}"`)
  const of = (each: TokenType) => `${each} realm="authly"${each === scheme ? told.join('') : ''}`
  const dpop = `${of('DPoP')}, ${algs}`
  return scheme === 'DPoP' ? `${dpop}, ${of('Bearer')}` : `${of('Bearer')}, ${dpop}`
}

/** A refusal at a resource (RFC 6750 §3.1, RFC 9449 §7.1). @param more attributes of the challenge too, as `scope` */
export function refuseToken(
  scheme: TokenType,
  error: OAuthErrorCode,
  description: string,
  { detail, ...attributes }: { readonly detail?: string; readonly scope?: string } = {},
): OAuthRefusal {
  return refuse(error, description, {
    status: error === 'insufficient_scope' ? 403 : 401,
    challenge: challenge(scheme, { error, error_description: description, ...attributes }),
    detail,
  })
}
