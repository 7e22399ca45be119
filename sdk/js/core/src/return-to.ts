import { AuthlyError } from './errors.ts'

/**
 * Where to go after a sign-in, as a path of this application. Anything else would make the sign-in an open redirector
 * (RFC 9700 §4.11): `https://evil.example`, `//evil.example`, `/\evil.example`, `javascript:…`.
 * @throws AuthlyError `invalid_return_to`
 */
export function safeReturnTo(returnTo: string, origin: string): string {
  const isAddress = URL.canParse(returnTo, origin)
  const url = isAddress ? new URL(returnTo, origin) : undefined
  if (url === undefined || url.origin !== new URL(origin).origin) throw new AuthlyError('invalid_return_to')
  return url.pathname.replace(/^\/{2,}/, '/') + url.search + url.hash
}
