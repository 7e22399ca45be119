/** RFC 9728 §5.1: a challenge says where the metadata of the resource are, so that a program finds its way alone. */
export const protectedResourcePath = '/.well-known/oauth-protected-resource'

const realm = 'realm="authly"'

/** `challenges`, the value of `WWW-Authenticate`, each with the address of the metadata. */
export const withResourceMetadata = (issuer: string, challenges: string): string =>
  challenges.replaceAll(realm, `${realm}, resource_metadata="${issuer}${protectedResourcePath}"`)
