/**
 * Cross-origin calls (Fetch §3.2) to endpoints that read no cookies: any origin may call them, none with
 * credentials. `*` does not cover `Authorization`, so it is listed; it covers whatever headers tracing and
 * monitoring libraries add.
 */

/** Added to every response, errors included: a page must be able to read why it was refused and when to retry. */
export const crossOriginHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'WWW-Authenticate, DPoP-Nonce, Date, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id',
} as const

/** The response to `OPTIONS`, whether a preflight or not. @param methods the methods of the path */
export const preflight = (methods: readonly string[]): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...crossOriginHeaders,
      allow: methods.join(', '),
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': '*, authorization',
      'access-control-max-age': '86400',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    },
  })
