/**
 * Which redirect URIs may be registered. They are compared character by character when used, so what is
 * registered here is exactly where codes go (RFC 9700 §4.1, RFC 8252 §7, OpenID Connect Registration §2).
 */

export interface RedirectContext {
  readonly application_type: 'web' | 'native'
  /** Whether the client can keep a secret. */
  readonly confidential: boolean
  /** Whether this server is a development server on loopback itself. */
  readonly localIssuer: boolean
}

/** Where http stays on the machine. */
const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d{1,5})?([/?]|$)/

/** Schemes that run, read or show something instead of handing the code to an application. */
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

/** The port as it is written, where one is. */
const writtenPort = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i

/** Whether something can listen there: 1 to 65535, without leading zeros. */
export const isPort = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535

/** What is wrong with `uri` as a redirect URI, in words for whoever registers it; undefined when nothing is. */
export function redirectUriFault(uri: string, context: RedirectContext): string | undefined {
  // Browsers drop, trim and turn such characters; what they open would differ from what was registered.
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
  // Attack: a path that climbs out of the registered one after the browser has resolved it.
  if (/(^|\/)(\.|%2e){1,2}(\/|\?|$)/i.test(uri.slice(url.protocol.length)))
    return 'must not contain dot segments'
  if (url.protocol === 'https:') {
    return /^https:\/\/[^/]/.test(uri) ? undefined : 'must be written https://host/path'
  }
  if (url.protocol === 'http:') {
    if (!loopback.test(uri)) return 'must use https: http is for loopback addresses only'
    if (context.application_type === 'native' || context.confidential) return undefined
    // Attack: any program on the machine can listen there and get the code of a client that proves nothing. Where this
    // server runs there too, it is somebody's development, and the application is the web application it will be.
    if (context.localIssuer) return undefined
    return 'must use https: http on a loopback address is for native and for confidential clients'
  }
  if (context.application_type !== 'native')
    return 'must use https: other schemes are for native applications'
  // RFC 8252 §7.1: a domain name in reverse, so that two applications cannot take the same scheme.
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol)
    ? undefined
    : 'must use a scheme that is a domain name in reverse, like com.example.app (RFC 8252 §7.1)'
}
