/** The access token of a request, and the scheme it came with: `DPoP` says that it is bound to a key (RFC 9449 §7.1). */
import { readBearerToken, readDpopToken } from '../../kit/bearer-token.ts'
import type { TokenType } from '../../protocol/token-confirmation.ts'

export interface PresentedToken {
  readonly scheme: TokenType
  readonly token: string
}

/** The token in the `Authorization` header; `undefined` for another scheme or a malformed token. */
export function readPresentedToken({ headers }: Request): PresentedToken | undefined {
  const header = headers.get('authorization')
  const token = readBearerToken(header)
  if (token !== undefined) return { scheme: 'Bearer', token }
  const bound = readDpopToken(header)
  return bound === undefined ? undefined : { scheme: 'DPoP', token: bound }
}
