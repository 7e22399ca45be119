/** Where an application begins, for people who must start again there. */
import type { Client } from '../clients/client.ts'

/**
 * Its home page, or the origin of the redirect URI it uses; `undefined` when neither can be opened in a browser.
 * Only for clients an administrator registered: this page vouches for the link.
 * @param redirectUri of an authorization request that was checked when it came
 */
export function applicationHome(client: Client, redirectUri: string | undefined): string | undefined {
  if (client.client_uri !== undefined && isWebAddress(client.client_uri)) return client.client_uri
  // A program that listens on whatever port is free has no page there.
  if (redirectUri === undefined || !client.redirect_uris.includes(redirectUri)) return undefined
  return isWebAddress(redirectUri) ? `${new URL(redirectUri).origin}/` : undefined
}

const isWebAddress = (uri: string): boolean => /^https?:\/\//i.test(uri) && URL.canParse(uri)
