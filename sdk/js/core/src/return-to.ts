import { AuthlyError } from './errors.ts'

/**
 * Where to go after a sign-in, as a path of this application. Anything else would make the sign-in an open redirector
 * (RFC 9700 §4.11): `https://evil.example`, `//evil.example`, `/\evil.example`, `javascript:…`.
 * @throws AuthlyError `invalid_return_to`
 */
export function safeReturnTo(returnTo: string, origin: string): string {
  const isAddress = URL.canParse(returnTo, origin)
  const url = isAddress ? new URL(returnTo, origin) : undefined
  const base = new URL(origin)
  // `blob:` addresses have the origin of the page that made them.
  if (url?.origin !== base.origin || url.protocol !== base.protocol)
    throw new AuthlyError('invalid_return_to')
  return url.pathname.replace(/^\/{2,}/, '/') + url.search + url.hash
}
