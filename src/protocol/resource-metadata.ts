/** RFC 9728 §5.1: a challenge says where the metadata of the resource are, so that a program finds its way alone. */
export const protectedResourcePath = '/.well-known/oauth-protected-resource'

/** `challenge`, the value of `WWW-Authenticate`, with the address of the metadata. */
export const withResourceMetadata = (issuer: string, challenge: string): string =>
  `${challenge}, resource_metadata="${issuer}${protectedResourcePath}"`
