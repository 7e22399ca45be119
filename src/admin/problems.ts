/** The problems of the admin API, one constructor each, so that a code always means one thing. */
import type { Fault, Problem } from '../kit/problem.ts'
import { challenge } from '../oauth/sender-constraints/token-challenge.ts'
import type { OAuthRefusal } from '../protocol/refusal.ts'
import type { TokenType } from '../protocol/token-confirmation.ts'

/** The request breaks the documented shape. */
export const invalidRequest = (errors: readonly Fault[], detail?: string): Problem => ({
  code: 'invalid_request',
  status: 400,
  title: 'The request is not valid',
  detail,
  errors,
})

/**
 * RFC 6750 §3: without a token, the challenge has no error code.
 * @param reason only for the log
 */
export const unauthorized = (
  error?: 'invalid_token',
  reason?: string,
  scheme: TokenType = 'Bearer',
): Problem => ({
  code: error ?? 'unauthorized',
  status: 401,
  title: error ? 'The access token is not valid here' : 'An access token is required',
  reason,
  headers: { 'www-authenticate': challenge(scheme, error ? { error } : {}) },
})

/** The token is bound to a key, and the request does not prove to have it (RFC 9449 §7.1). */
export const senderUnproven = (refusal: OAuthRefusal): Problem => ({
  code: refusal.error,
  status: 401,
  title:
    refusal.error === 'use_dpop_nonce' ? 'The proof needs a nonce' : 'The access token is not valid here',
  detail: refusal.description,
  reason: refusal.detail,
  headers: { ...refusal.headers, 'www-authenticate': refusal.challenge ?? challenge('DPoP') },
})

/** RFC 9470: the user must authenticate again. */
export const stepUpRequired = (
  maxAgeSeconds: number | undefined,
  acrValues: readonly string[] = [],
  scheme: TokenType = 'Bearer',
): Problem => {
  const code = 'insufficient_user_authentication'
  const title = 'A more recent or stronger sign-in is required'
  const wanted = {
    ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
    ...(acrValues.length === 0 ? {} : { acr_values: acrValues.join(' ') }),
  }
  const shown = Object.entries(wanted).map(([name, value]) => `${name}="${value}"`)
  return {
    ...{ code, status: 401, title, detail: `Sign in again with ${shown.join(' and ')}.` },
    headers: {
      'www-authenticate': challenge(scheme, { error: code, error_description: title, ...wanted }),
    },
  }
}

export const insufficientScope = (scope: string, scheme: TokenType = 'Bearer'): Problem => ({
  code: 'insufficient_scope',
  status: 403,
  title: 'The access token lacks a scope',
  detail: `The scope ${scope} is required.`,
  headers: { 'www-authenticate': challenge(scheme, { error: 'insufficient_scope', scope }) },
})

/** The token has the scope, but its holder lacks the permission. */
export const forbidden = (detail?: string): Problem => ({
  code: 'forbidden',
  status: 403,
  title: 'You may not do this',
  detail,
})

/** Reveals that the token is valid, which its holder may know, but not which addresses are allowed. */
export const ipNotAllowed: Problem = {
  code: 'ip_not_allowed',
  status: 403,
  title: 'The admin API may not be called from this address',
}

/** Unknown, foreign and malformed ids look the same. */
export const notFound: Problem = { code: 'not_found', status: 404, title: 'There is no such thing here' }

/** The request is valid, but the current state does not allow it. */
export const conflict = (code: string, title: string, errors?: readonly Fault[]): Problem => ({
  code,
  status: 409,
  title,
  errors,
})

export const preconditionRequired: Problem = {
  code: 'precondition_required',
  status: 428,
  title: 'If-Match is required',
  detail: 'Send the ETag you read, or * to change the thing whatever its version.',
}

/** Another change came first; the current ETag is included. */
export const preconditionFailed = (version: number): Problem => ({
  code: 'precondition_failed',
  status: 412,
  title: 'The thing has changed since you read it',
  headers: { etag: `"${version}"` },
})

export const idempotencyKeyReused: Problem = {
  code: 'idempotency_key_reused',
  status: 422,
  title: 'This Idempotency-Key was used for another request',
}

export const bodyTooLarge = (maxBytes: number): Problem => ({
  code: 'content_too_large',
  status: 413,
  title: 'The body is too large',
  detail: `At most ${maxBytes} bytes.`,
})

/** @param reason a sentence, when the media type itself is accepted */
export const unsupportedMediaType = (accepted: readonly string[], reason?: string): Problem => ({
  code: 'unsupported_media_type',
  status: 415,
  title: 'The body has a type that is not accepted here',
  detail: `${reason === undefined ? '' : `${reason} `}Accepted: ${accepted.join(', ')}.`,
  headers: { accept: accepted.join(', ') },
})

export const tooManyRequests: Problem = { code: 'too_many_requests', status: 429, title: 'Too many requests' }

export const unavailable: Problem = {
  code: 'temporarily_unavailable',
  status: 503,
  title: 'Please try again shortly',
  headers: { 'retry-after': '2' },
}

export const serverError: Problem = {
  code: 'server_error',
  status: 500,
  title: 'Something went wrong on our side',
}
