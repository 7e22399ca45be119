import type { IdTokenClaims } from '@authly-server/core'

/** What an application sees of the person who is signed in. */
export interface Session {
  /** Claims of the ID token, and those of userinfo as they were at sign-in. */
  readonly user: IdTokenClaims
  readonly scope: string
  /** When the session ends even if it is used, milliseconds. */
  readonly expiresAt: number
  /** Of the session at Authly. */
  readonly sid: string | undefined
  /**
   * An access token that is still good for a while.
   * @throws AuthlyError `signed_out` when the session has ended, `network_error` when Authly cannot be reached,
   * `session_read_only` when it had to be renewed where no cookie can be set
   */
  readonly accessToken: (options?: AccessTokenOptions) => Promise<string>
  /**
   * `fetch` with the access token, which goes to the addresses of `resource` and to Authly alone. After a 401 it renews
   * the token and tries once more. Redirects are not followed unless `init.redirect` says so.
   */
  readonly fetch: (input: string | URL | Request, init?: FetchOptions) => Promise<Response>
}

export interface AccessTokenOptions {
  /** One of the configured ones, or the issuer. Default: the first one. */
  readonly resource?: string | undefined
  readonly forceRefresh?: boolean
}

export type FetchOptions = RequestInit & { readonly resource?: string }

export type SignedIn = { readonly isSignedIn: true } & Session

export interface SignedOut {
  readonly isSignedIn: false
  readonly user: undefined
  readonly accessToken: (options?: AccessTokenOptions) => Promise<never>
  readonly fetch: (input: string | URL | Request, init?: FetchOptions) => Promise<never>
}

/** The person of a request, or that there is none. */
export type Auth = SignedIn | SignedOut
