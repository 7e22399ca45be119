/**
 * A refused OAuth request as a value. `description` is for the client's developer and never reveals internals;
 * `detail` is only for the log.
 */

import type { Messages } from '../messages/en.ts'

/**
 * RFC 6749 §4.1.2.1, §5.2, RFC 6750 §3.1, OpenID Connect Core §3.1.2.6, RFC 7591 §3.2.2, RFC 8707 §2, RFC 9101 §7, RFC 9396 §5, RFC 9449
 * §5, §8.
 */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_authorization_details'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'access_denied'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'login_required'
  | 'consent_required'
  | 'interaction_required'
  | 'account_selection_required'
  | 'unmet_authentication_requirements'
  | 'invalid_request_object'
  | 'invalid_request_uri'
  | 'registration_not_supported'
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'

export interface OAuthRefusal {
  readonly error: OAuthErrorCode
  readonly description: string
  /** For the log in place of a `description` that quotes the request: that may hold secrets. */
  readonly descriptionForLog?: string
  readonly status: 400 | 401 | 403 | 404 | 413 | 415 | 429 | 503
  /** Value of `WWW-Authenticate`, where the RFC requires one. */
  readonly challenge?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * The message of a page in the user's language, when the refusal is shown and not sent; a generic one when
   * absent.
   */
  readonly message?: ((messages: Messages) => string) | undefined
  /** Only for the log. */
  readonly detail?: string | undefined
}

/** Builds a refusal; status 400 by default (RFC 6749 §5.2). */
export function refuse(
  error: OAuthErrorCode,
  description: string,
  more: Partial<Omit<OAuthRefusal, 'error' | 'description'>> = {},
): OAuthRefusal {
  return { error, description, status: 400, ...more }
}

export const invalidRequest = (description: string, detail?: string): OAuthRefusal =>
  refuse('invalid_request', description, { detail })

/** @param printableName the name, which anybody may have chosen */
export const repeatedParameter = (printableName: string): OAuthRefusal =>
  refuse('invalid_request', `${printableName} is sent more than once`, {
    descriptionForLog: 'a parameter is sent more than once',
  })

export const invalidGrant = (description: string, detail?: string): OAuthRefusal =>
  refuse('invalid_grant', description, { detail })

export const temporarilyUnavailable = (detail: string): OAuthRefusal =>
  refuse('temporarily_unavailable', 'please try again shortly', {
    status: 503,
    headers: { 'retry-after': '2' },
    detail,
  })
