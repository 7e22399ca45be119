import { Refusal, type TokenScheme } from './refusal.ts'

/** What is needed of a request: a `Request` of the Fetch API, or the same three members of another. */
export interface ApiRequest {
  readonly method: string
  readonly url: string
  readonly headers: Pick<Headers, 'get'>
}

export interface PresentedToken {
  readonly scheme: TokenScheme
  readonly token: string
}

const scheme = /^(?:(bearer)|dpop) +/i

/**
 * The token in the `Authorization` header (RFC 6750 §2.1, RFC 9449 §7.1), and nowhere else: what is in a URL is in logs
 * too (RFC 9700 §4.3.2). Two headers arrive as one with a comma, and are no token.
 */
export function readPresentedToken(headers: Pick<Headers, 'get'>): PresentedToken | Refusal {
  const header = headers.get('authorization')
  const found = header === null ? null : scheme.exec(header)
  if (header === null || found === null)
    return new Refusal('missing_token', 'this resource needs an access token')
  const token = header.slice(found[0].length)
  return token === '' || token.includes(' ') || token.includes(',')
    ? new Refusal('invalid_request', 'the Authorization header is not well-formed')
    : { scheme: found[1] === undefined ? 'DPoP' : 'Bearer', token }
}
