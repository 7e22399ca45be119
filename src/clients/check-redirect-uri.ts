/**
 * Which redirect URIs may be registered. They are compared character by character when used, so codes go exactly
 * to what is registered here (RFC 9700 §4.1, RFC 8252 §7, OpenID Connect Registration §2).
 */

export interface RedirectContext {
  readonly application_type: 'web' | 'native'
  /** Whether the client can keep a secret. */
  readonly confidential: boolean
  /** Whether this server is a development server on loopback. */
  readonly localIssuer: boolean
}

/** Hosts for which http does not leave the machine. */
const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d{1,5})?([/?]|$)/

/** Schemes that run, read or display something instead of passing the code to an application. */
const harmfulSchemes: ReadonlySet<string> = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'blob:',
  'file:',
  'filesystem:',
  'about:',
  'view-source:',
  'mailto:',
  'tel:',
  'ws:',
  'wss:',
  'ftp:',
])

/** The port as written, if there is one. */
const writtenPort = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i

/** Whether `text` is a valid port: 1 to 65535, without leading zeros. */
export const isPort = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535

/** The fault of `uri` as a redirect URI, described for its owner; undefined when there is none. */
export function redirectUriFault(uri: string, context: RedirectContext): string | undefined {
  // Browsers drop, trim or convert such characters, so they would open something other than what was registered.
  if (!/^[\x21-\x7e]+$/.test(uri) || /[\\<>"`{}|^]/.test(uri)) return 'must be a URI in ASCII'
  if (uri.includes('*')) return 'must not contain a wildcard: redirect URIs are compared exactly'
  if (uri.includes('#')) return 'must not have a fragment (RFC 6749 §3.1.2)'
  const port = writtenPort.exec(uri)?.[1]
  if (port !== undefined && !isPort(port)) return 'must have a port from 1 to 65535, or none'
  if (!URL.canParse(uri)) return 'must be an absolute URI'
  const url = new URL(uri)
  if (harmfulSchemes.has(url.protocol)) return `must not use the scheme ${url.protocol}`
  if (url.username !== '' || url.password !== '' || /^[a-z+.-]+:\/\/[^/?]*@/i.test(uri)) {
    return 'must not carry credentials'
  }
  // Attack: a path that leaves the registered one when the browser resolves its dot segments.
  if (/(^|\/)(\.|%2e){1,2}(\/|\?|$)/i.test(uri.slice(url.protocol.length)))
    return 'must not contain dot segments'
  if (url.protocol === 'https:') {
    return /^https:\/\/[^/]/.test(uri) ? undefined : 'must be written https://host/path'
  }
  if (url.protocol === 'http:') {
    if (!loopback.test(uri)) return 'must use https: http is for loopback addresses only'
    if (context.application_type === 'native' || context.confidential) return undefined
    // Attack: any program on the machine can listen there and receive the code of a client that cannot
    // authenticate. Allowed on a development server, where the application is a web application under development.
    if (context.localIssuer) return undefined
    return 'must use https: http on a loopback address is for native and for confidential clients'
  }
  if (context.application_type !== 'native')
    return 'must use https: other schemes are for native applications'
  // RFC 8252 §7.1: a reversed domain name, so that two applications cannot claim the same scheme.
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol)
    ? undefined
    : 'must use a scheme that is a domain name in reverse, like com.example.app (RFC 8252 §7.1)'
}
