/** Takes a JWT apart to show what is in it. An application never needs to: access tokens are for APIs. */

export type Claims = Readonly<Record<string, unknown>>

export interface ReadToken {
  readonly parts: readonly [header: string, payload: string, signature: string]
  readonly header: Claims
  readonly claims: Claims
}

export function readToken(token: string): ReadToken {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return { parts: [header, payload, signature], header: decode(header), claims: decode(payload) }
}

function decode(part: string): Claims {
  const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims
}
