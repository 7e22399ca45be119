/**
 * The `jti` of an access token is also its address: sealed inside is the object that knows whether the token
 * still lives. So introspection needs one call and no index, and the token reveals neither the user id behind
 * a pairwise subject nor the grant.
 */

import { randomToken } from '../kit/ids.ts'
import type { RootSecret } from '../kit/root-secret.ts'

export type TokenAddress =
  | { readonly kind: 'user'; readonly userId: string; readonly grantId: string }
  | { readonly kind: 'service' }

/** A fresh token id for a person's grant. */
export const userTokenId = async (root: RootSecret, userId: string, grantId: string): Promise<string> =>
  `u.${await root.seal('jti', `${userId} ${grantId}`)}`

/** A fresh token id for client_credentials: the object is the client's, which the token names anyway. */
export const serviceTokenId = (): string => `s.${randomToken(16)}`

/** Where to ask about a token; undefined for ids sealed under a root secret that is gone. */
export async function readTokenId(root: RootSecret, jti: string): Promise<TokenAddress | undefined> {
  if (jti.startsWith('s.')) return { kind: 'service' }
  if (!jti.startsWith('u.')) return undefined
  const [userId, grantId] = (await root.open('jti', jti.slice(2)))?.split(' ') ?? []
  return userId && grantId ? { kind: 'user', userId, grantId } : undefined
}

/** Name of the object that keeps what was revoked of a client's service tokens. */
export const serviceSubject = (clientId: string): string => `client:${clientId}`
