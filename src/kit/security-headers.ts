/** Response headers of every HTML page; each names the attack it stops. */

export interface PageSecurity {
  /** Whether the page has a script. */
  readonly script: boolean
  /** True for https issuers. */
  readonly secure: boolean
  /**
   * CSP sources that a form of this page may lead to besides this server. Chromium applies `form-action` to every
   * redirect after the post, and an application may redirect from its callback, so whole schemes are listed.
   */
  readonly formTargets?: readonly string[] | undefined
  /** Origin of a script that the page needs from elsewhere, and of the frames that it opens. */
  readonly foreignScript?: string | undefined
  /** Origins of what the page shows in frames: those of clients that are told of a sign-out. */
  readonly frames?: readonly string[] | undefined
}

export function pageHeaders({
  script,
  secure,
  formTargets,
  foreignScript,
  frames = [],
}: PageSecurity): Record<string, string> {
  const policy = [
    // Injected markup cannot load or run anything: no frames, fonts or foreign images.
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    // Our own script only, which turns no text into markup or code (DOM-based XSS).
    ...(script && !foreignScript
      ? ["script-src 'self'", "require-trusted-types-for 'script'", "trusted-types 'none'"]
      : []),
    ...(foreignScript ? [`script-src 'self' ${foreignScript}`, `frame-src ${foreignScript}`] : []),
    ...(frames.length > 0 ? [`frame-src ${frames.join(' ')}`] : []),
    // An injected <base> cannot redirect our relative links and forms to another host.
    "base-uri 'none'",
    // An injected form cannot send a password elsewhere.
    `form-action ${["'self'", ...(formTargets ?? [])].join(' ')}`,
    // Clickjacking: users must not be tricked into clicking through a transparent frame.
    "frame-ancestors 'none'",
  ]
  return {
    'content-type': 'text/html; charset=UTF-8',
    'content-security-policy': policy.join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // URLs contain a sealed interaction, which must not be sent to other sites. Not `no-referrer`, which would
    // also turn the `Origin` of our own posts into `null`, the header that the CSRF check relies on.
    'referrer-policy': 'same-origin',
    // Injected markup and frames get no device, whatever browsers allow by default.
    'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
    // Shared caches, and the back button after sign-out, must not show a user's pages.
    'cache-control': 'no-store',
    // Other windows get no reference to this one. Pages of an application's sign-in must stay reachable for their
    // opener, because applications open sign-in in a pop-up and wait for its return.
    ...(formTargets ? {} : { 'cross-origin-opener-policy': 'same-origin' }),
    'cross-origin-resource-policy': 'same-origin',
    ...(secure ? { 'strict-transport-security': 'max-age=63072000' } : {}),
  }
}
