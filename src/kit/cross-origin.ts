/**
 * Cross-origin calls (Fetch §3.2) of endpoints that read no cookies: any origin may call them, none with credentials.
 * `*` does not stand for `Authorization`, which is therefore named; it stands for whatever tracing and monitoring
 * libraries add.
 */

/** On every response, errors included: a page must see why it was refused and when to come again. */
export const crossOriginHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id',
} as const

/** The answer to `OPTIONS`, a preflight or not. @param methods what the path answers */
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
