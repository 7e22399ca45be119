/** Response headers of every HTML page; each names the attack it stops. */

export interface PageSecurity {
  /** True for https issuers. */
  readonly secure: boolean
  /**
   * CSP sources that a form of this page may lead to besides this server. Chromium applies `form-action` to
   * every redirect after the post, and an application may redirect on from its callback, so whole schemes.
   */
  readonly formTargets?: readonly string[] | undefined
}

export function pageHeaders({ secure, formTargets }: PageSecurity): Record<string, string> {
  const policy = [
    // Injected markup can load and run nothing: no scripts, frames, fonts or foreign images.
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    // Injected <base> cannot move our relative links and forms to another host.
    "base-uri 'none'",
    // An injected form cannot send a password elsewhere.
    `form-action ${["'self'", ...(formTargets ?? [])].join(' ')}`,
    // Clickjacking: consent must not be clicked through a transparent frame.
    "frame-ancestors 'none'",
  ]
  return {
    'content-type': 'text/html; charset=UTF-8',
    'content-security-policy': policy.join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // URLs hold a sealed interaction: it goes to no other site. Not `no-referrer`, which would also turn the
    // `Origin` of our own posts into `null`, the header that the CSRF check relies on.
    'referrer-policy': 'same-origin',
    // Shared caches and the back button after sign-out must not show somebody's pages.
    'cache-control': 'no-store',
    // Other windows get no handle on this one. A page that belongs to an application's sign-in must stay
    // reachable for its opener, because applications sign in through pop-ups and wait for them to come back.
    ...(formTargets ? {} : { 'cross-origin-opener-policy': 'same-origin' }),
    'cross-origin-resource-policy': 'same-origin',
    ...(secure ? { 'strict-transport-security': 'max-age=63072000' } : {}),
  }
}
