/** The client authentication methods (RFC 6749 §2.3). A new method is one file and one line here. */

import type { MtlsSettings } from '../../certificates/mtls-settings.ts'
import { clientSecretBasic, clientSecretPost } from './client-secret.ts'
import type { ClientAuthenticator } from './define-method.ts'
import { none } from './none.ts'
import { privateKeyJwt } from './private-key-jwt.ts'
import { selfSignedTlsClientAuth, tlsClientAuth } from './tls-client-auth.ts'

export const clientAuthenticators: readonly ClientAuthenticator[] = [
  clientSecretBasic,
  clientSecretPost,
  privateKeyJwt,
  tlsClientAuth,
  selfSignedTlsClientAuth,
  none,
]

/** Those that a deployment offers. */
export const offeredAuthenticators = (mtls: MtlsSettings | undefined): readonly ClientAuthenticator[] =>
  clientAuthenticators.filter((authenticator) => authenticator.isOffered?.(mtls) ?? true)
