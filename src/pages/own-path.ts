/** Addresses in requests that may only lead to this server. */

const maxLength = 8192

/**
 * The path with query of `address` on this server, or `undefined`. Attack: an open redirect, from our host to another
 * one (`//evil.test`, `/\evil.test`, a tab within either).
 */
export function ownPath(address: string | undefined, issuer: string): string | undefined {
  if (address === undefined || address.length > maxLength || !/^\/[\x21-\x5b\x5d-\x7e]*$/.test(address)) {
    return undefined
  }
  if (!URL.canParse(address, issuer)) return undefined
  const { origin, pathname, search } = new URL(address, issuer)
  // A pathname may begin with two slashes after dots are resolved: /.//evil.test.
  return origin === new URL(issuer).origin && !pathname.startsWith('//') ? pathname + search : undefined
}
