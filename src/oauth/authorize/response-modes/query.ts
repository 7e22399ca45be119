import type { ResponseMode } from './define-mode.ts'

const redirectHeaders = new Headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })

/** RFC 6749 §4.1.2. 303, so that a browser never repeats a POST with credentials at the client (RFC 9700 §4.12). */
export const query: ResponseMode = {
  mode: 'query',
  signed: false,
  render(redirectUri, parameters) {
    const encoded = Object.entries(parameters)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&')
    const separator = redirectUri.includes('?') ? '&' : '?'
    const response = new Response(null, { status: 303, headers: redirectHeaders })
    response.headers.set('location', `${redirectUri}${separator}${encoded}`)
    return response
  },
}
