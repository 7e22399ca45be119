/**
 * Documentation of a route beyond its definition in `src`: fields, bodies, headers, examples. The worker does not need
 * it, so it stays out of the bundle (docs/decisions/0007).
 */
import type { Json, SecurityRequirement } from './openapi-types.ts'

export interface FieldWords {
  readonly name: string
  readonly description: string
  readonly example: string
  readonly required?: boolean
  readonly values?: readonly string[]
  /** May be sent several times. */
  readonly repeatable?: boolean
}

export interface AnswerWords {
  /** Name of a schema in components; a body of `application/json`. */
  readonly json?: string
  readonly examples?: Readonly<Record<string, Json>>
  /** A problem of the admin API (RFC 9457), with the example of its status. */
  readonly problem?: boolean
  /** Other bodies: media type and example. */
  readonly other?: Readonly<Record<string, string>>
  /** Names in `components.headers`. */
  readonly headers?: readonly string[]
}

export interface RouteWords {
  readonly description: string
  readonly query?: readonly FieldWords[]
  readonly form?: readonly FieldWords[]
  /** Parameters of the path. */
  readonly path?: readonly FieldWords[]
  /** A JSON body: name of a schema in components, and an example. */
  readonly body?: { readonly schema: string; readonly example: Json }
  readonly security?: readonly SecurityRequirement[]
  /** By status; every status the route declares has one. */
  readonly answers: Readonly<Record<number, AnswerWords>>
}

const noStore = ['Cache-Control'] as const
const limited = ['RateLimit-Policy', 'RateLimit'] as const

/** A hosted page. */
export const page: AnswerWords = {
  other: { 'text/html': '<!doctype html><html lang="en">…</html>' },
  headers: [...noStore, 'Content-Security-Policy', 'Set-Cookie'],
}

/** A redirect of the browser. */
export const redirect: AnswerWords = { headers: ['Location', ...noStore, 'Set-Cookie'] }

/** A page that asks to wait. */
export const limitedPage: AnswerWords = {
  ...page,
  headers: [...(page.headers ?? []), ...limited, 'Retry-After'],
}

/** A page that asks to try again in a moment. */
export const busyPage: AnswerWords = { ...page, headers: [...(page.headers ?? []), 'Retry-After'] }

/** An error of RFC 6749 §5.2, one example for each code. */
export const oauthError = (
  errors: Readonly<Record<string, string>>,
  headers: readonly string[] = [],
): AnswerWords => ({
  json: 'OAuthError',
  headers: [...noStore, ...headers],
  examples: Object.fromEntries(
    Object.entries(errors).map(([error, error_description]) => [error, { error, error_description }]),
  ),
})

/** The errors of any endpoint that authenticates a client. */
export const clientEndpointErrors: Readonly<Record<number, AnswerWords>> = {
  401: oauthError({ invalid_client: 'client authentication failed' }, ['WWW-Authenticate', ...limited]),
  413: oauthError({ invalid_request: 'the body is too large' }),
  415: oauthError({ invalid_request: 'the body must be application/x-www-form-urlencoded' }),
  429: oauthError({ temporarily_unavailable: 'too many requests' }, [...limited, 'Retry-After']),
}

export const pageFormErrors: Readonly<Record<number, AnswerWords>> = {
  400: page,
  403: page,
  413: page,
  415: page,
}

/** A JSON answer that must not be cached. */
export const json = (
  schema: string,
  examples: Readonly<Record<string, Json>>,
  headers: readonly string[] = [],
): AnswerWords => ({
  json: schema,
  examples,
  headers: [...noStore, 'Access-Control-Allow-Origin', ...headers],
})

export const limitHeaders: readonly string[] = limited
