/** Which client ids are addresses of documents (draft-ietf-oauth-client-id-metadata-document §3). */
import { checkAddress, type FetchRules } from '../kit/guarded-fetch.ts'

/**
 * Only as the URL parser writes it, so that one document has one id: no dot segments, no upper case in the host, no
 * default port. With a path, without fragment and credentials, at a host that may be fetched from, and not at this
 * server, which would ask itself.
 */
export function isDocumentAddress(
  clientId: string,
  rules: FetchRules & { readonly issuer: string },
): boolean {
  if (!URL.canParse(clientId)) return false
  const url = new URL(clientId)
  return (
    url.href === clientId &&
    !clientId.includes('#') &&
    url.pathname !== '/' &&
    // Encoded dot segments, which another parser may resolve.
    !/%2e|%2f|%5c/i.test(url.pathname) &&
    url.host !== new URL(rules.issuer).host &&
    checkAddress(clientId, rules).ok
  )
}
