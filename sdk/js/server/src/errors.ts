import { AuthlyError, type AuthlyErrorCode } from '@authly-server/core'

/** Codes of this package, beside those of OAuth that the server gives. */
export type AuthlyServerErrorCode =
  | AuthlyErrorCode
  /** An option or an environment variable is missing or wrong; thrown when the application starts. */
  | 'invalid_configuration'
  /** The session does not fit into cookies: give the application a store. */
  | 'session_too_large'
  /** Tokens have to be refreshed where no cookie can be set: after the answer began, or in a server component. */
  | 'session_read_only'
  /** Signing in reached none of the `acr_values` that were asked for. */
  | 'unmet_authentication_requirements'
  /** `fetch` was asked to send the access token to an address that it is not for. */
  | 'foreign_address'

/** @param why never contains the value: it may be a secret */
export const invalidConfiguration = (option: string, why: string): AuthlyError =>
  failure('invalid_configuration', `${option} ${why}`)

export const failure = (code: AuthlyServerErrorCode, description: string): AuthlyError =>
  new AuthlyError(code, { description })
