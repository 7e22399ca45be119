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
