/** The start page of an application, for users who must start again there. */
import type { Client } from '../clients/client.ts'

/**
 * Its home page, or the origin of its redirect URI; `undefined` when neither can be opened in a browser. Only for
 * clients that an administrator has reviewed, because showing the link vouches for it.
 * @param redirectUri of an authorization request that has been validated
 */
export function applicationHome(client: Client, redirectUri: string | undefined): string | undefined {
  if (!client.reviewed) return undefined
  if (client.client_uri !== undefined && isWebAddress(client.client_uri)) return client.client_uri
  // A native application that listens on a random loopback port has no page there.
  if (redirectUri === undefined || !client.redirect_uris.includes(redirectUri)) return undefined
  return isWebAddress(redirectUri) ? `${new URL(redirectUri).origin}/` : undefined
}

const isWebAddress = (uri: string): boolean => /^https?:\/\//i.test(uri) && URL.canParse(uri)
