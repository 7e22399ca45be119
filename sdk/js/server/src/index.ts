export type { ClientKey } from '@authly-server/core'
export { AuthlyError, type IdTokenClaims } from '@authly-server/core'
export type { AuthlyServer, RequestSession, SignInDemand } from './authly-server.ts'
export { createAuthlyServer } from './authly-server.ts'
export type { Environment } from './configuration/environment.ts'
export type { AuthlyServerOptions, Paths, SessionLifetime } from './configuration/options.ts'
export type { CookieChange } from './cookies/cookie-change.ts'
export type { AuthlyServerErrorCode } from './errors.ts'
export { refuseUnlessSignedIn } from './require-sign-in.ts'
export type { CookieSink } from './session/open-session.ts'
export type {
  AccessTokenOptions,
  Auth,
  FetchOptions,
  Session,
  SignedIn,
  SignedOut,
} from './session/session.ts'
export { type KeyValueStore, memoryStore } from './session/store.ts'
