/** `none`: public clients identify themselves without proof; PKCE and exact redirect URIs protect them. */
import type { ClientAuthenticator } from './define-method.ts'

export const none: ClientAuthenticator = { method: 'none', verify: async () => undefined }
