import { proofAlgorithms } from './algorithms.ts'
import type { Settings } from './settings.ts'

/** What an API says of itself (RFC 9728 §2). */
export interface ResourceWords {
  /** Scopes that clients may need. */
  readonly scopes?: readonly string[]
  /** Its name for people. */
  readonly name?: string
  /** The URL of its documentation for developers. */
  readonly documentation?: string
}

const wellKnown = '/.well-known/oauth-protected-resource'

/** Between the host and the path of the resource (RFC 9728 §3.1); undefined when it is no http URL. */
export function metadataUrlOf(resource: string): string | undefined {
  const url = URL.canParse(resource) ? new URL(resource) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  return url.origin + wellKnown + (url.pathname === '/' ? '' : url.pathname) + url.search
}

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
  if (metadataUrl === undefined || new URL(metadataUrl).pathname !== new URL(url).pathname) return undefined
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
