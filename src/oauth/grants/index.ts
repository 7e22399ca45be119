/** The grant types. A new one is one file and one line here; discovery and the contract tests follow. */
import { authorizationCode } from './authorization-code-grant.ts'
import { clientCredentials } from './client-credentials-grant.ts'
import type { GrantType } from './define-grant.ts'
import { refreshToken } from './refresh-token-grant.ts'

export const grantTypes: readonly GrantType[] = [authorizationCode, refreshToken, clientCredentials]
