/** The client authentication methods (RFC 6749 §2.3). A new method is one file and one line here. */
import { clientSecretBasic, clientSecretPost } from './client-secret.ts'
import type { ClientAuthenticator } from './define-method.ts'
import { none } from './none.ts'
import { privateKeyJwt } from './private-key-jwt.ts'

export const clientAuthenticators: readonly ClientAuthenticator[] = [
  clientSecretBasic,
  clientSecretPost,
  privateKeyJwt,
  none,
]
