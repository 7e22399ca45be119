import type { AuthlyError, ClientKey } from '@authly-server/core'
import type { KeyValueStore } from '../session/store.ts'

/** What is left out is read from the environment, where a variable is named. */
export interface AuthlyServerOptions {
  /** `AUTHLY_ISSUER`. */
  readonly issuer?: string | undefined
  /** `AUTHLY_CLIENT_ID`. */
  readonly clientId?: string | undefined
  /** `AUTHLY_CLIENT_SECRET`. */
  readonly clientSecret?: string | undefined
  /** In place of a secret: `private_key_jwt` (RFC 7523). */
  readonly clientKey?: ClientKey | undefined
  /** `AUTHLY_SESSION_SECRET`: at least 32 bytes, base64url. Of several the first one seals, all of them open. */
  readonly sessionSecret?: string | readonly string[] | undefined
  /** `AUTHLY_BASE_URL`: where people reach this application. Never taken from a request. */
  readonly baseUrl?: string | undefined
  /** Default: `openid profile email`. */
  readonly scope?: string | undefined
  /** APIs that tokens are for (RFC 8707). `AUTHLY_AUDIENCE`. The first one is the default of `accessToken()`. */
  readonly resource?: string | readonly string[] | undefined
  readonly paths?: Partial<Paths> | undefined
  /** Where people land after signing out: registered as `post_logout_redirect_uris`. Default: `/`. */
  readonly afterSignOut?: string | undefined
  readonly session?: Partial<SessionLifetime> | undefined
  /** Keeps sessions, so that the cookie holds an id alone. Without one, sessions are in the cookie. */
  readonly store?: KeyValueStore | undefined
  /**
   * Remembers sessions that have ended, and logout tokens that were used. Default: `store`, else the memory of this
   * process: with several processes, a session then ends at its next refresh in the others.
   */
  readonly endedSessions?: KeyValueStore | undefined
  /** Pushes every request (RFC 9126); done anyway where the server says that all clients must. */
  readonly pushedAuthorizationRequests?: boolean | undefined
  /** Reads name, e-mail address and so on from userinfo at sign-in. Default: if a scope promises any. */
  readonly userinfo?: boolean | undefined
  /** The answer when a sign-in fails. Default: a small page. */
  readonly onError?: ((error: AuthlyError, request: Request) => Response | Promise<Response>) | undefined
  readonly fetch?: ApplicationFetch | undefined
  /** For one request to Authly. Default: 10,000. */
  readonly timeoutMs?: number | undefined
}

/** @param init has the signal that ends a request after `timeoutMs` */
export type ApplicationFetch = (
  request: Request,
  init?: { readonly signal: AbortSignal },
) => Promise<Response>

/** Below `baseUrl`. */
export interface Paths {
  readonly login: string
  readonly callback: string
  readonly logout: string
  readonly backchannelLogout: string
}

export const defaultPaths: Paths = {
  login: '/auth/login',
  callback: '/auth/callback',
  logout: '/auth/logout',
  backchannelLogout: '/auth/backchannel-logout',
}

export interface SessionLifetime {
  /** Unused for so long, a session ends. At least 300. Default: a day. */
  readonly idleSeconds: number
  /** However much it is used. Default: a week. */
  readonly absoluteSeconds: number
}
