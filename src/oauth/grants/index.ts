/** The grant types. A new one is one file and one line here; discovery and the contract tests follow. */
import { authorizationCode } from './authorization-code.ts'
import { clientCredentials } from './client-credentials.ts'
import type { GrantType } from './define-grant.ts'
import { refreshToken } from './refresh-token.ts'

export const grantTypes: readonly GrantType[] = [authorizationCode, refreshToken, clientCredentials]
