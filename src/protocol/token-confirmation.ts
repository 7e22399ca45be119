/** The `cnf` member of a token (RFC 7800 §3.1): the key that whoever uses the token must prove to have. */

/** Each member is another way to prove it; several apply together. */
export interface Confirmation {
  /** SHA-256 thumbprint of a JWK (RFC 9449 §6.1, RFC 7638). */
  readonly jkt?: string
  /** SHA-256 of a certificate (RFC 8705 §3.1). */
  readonly 'x5t#S256'?: string
}

/** How a token is presented (RFC 6749 §7.1): the scheme of its `Authorization` header. */
export type TokenType = 'Bearer' | 'DPoP'

/** The type of a token bound to `cnf`. A certificate is presented by the connection, the token as ever (RFC 8705 §3). */
export const tokenTypeOf = (cnf: Confirmation | undefined): TokenType =>
  cnf?.jkt === undefined ? 'Bearer' : 'DPoP'

/** The `cnf` of claims we signed. */
export const confirmationOf = (claims: { readonly [name: string]: unknown }): Confirmation | undefined =>
  claims['cnf'] as Confirmation | undefined

/** Whether `proven` has every key that `bound` names. */
export function provesAll(bound: Confirmation | undefined, proven: Confirmation | undefined): boolean {
  for (const member in bound) {
    const name = member as keyof Confirmation
    if (bound[name] !== proven?.[name]) return false
  }
  return true
}
