import { proofAlgorithms } from './algorithms.ts'
import type { Settings } from './settings.ts'

type MetadataSettings = Pick<Settings, 'issuer' | 'audience' | 'metadata' | 'dpop' | 'metadataUrl'>

/** The document (RFC 9728 §2). */
export const resourceMetadata = ({ issuer, audience, metadata, dpop }: MetadataSettings) => ({
  resource: audience[0],
  authorization_servers: [issuer],
  bearer_methods_supported: ['header'],
  dpop_signing_alg_values_supported: proofAlgorithms,
  dpop_bound_access_tokens_required: dpop === 'required',
  ...(metadata.scopes === undefined ? {} : { scopes_supported: metadata.scopes }),
  ...(metadata.name === undefined ? {} : { resource_name: metadata.name }),
  ...(metadata.documentation === undefined ? {} : { resource_documentation: metadata.documentation }),
})

/** The answer to a request for the document; undefined for any other request. */
export function metadataResponse(
  settings: MetadataSettings,
  { method, url }: { readonly method: string; readonly url: string },
): Response | undefined {
  // The path alone: behind a proxy the host may be another one.
  const { metadataUrl } = settings
  if (metadataUrl === undefined || !URL.canParse(url)) return undefined
  if (new URL(metadataUrl).pathname !== new URL(url).pathname) return undefined
  // Public, and browsers of any origin read it: it is how an application finds the issuer.
  const headers = {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD',
    'access-control-allow-headers': '*',
  }
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers })
  if (method !== 'GET' && method !== 'HEAD') return undefined
  const response = Response.json(resourceMetadata(settings), {
    headers: { ...headers, 'cache-control': 'public, max-age=300' },
  })
  return method === 'HEAD' ? new Response(null, response) : response
}
