/**
 * The `jti` of an access token is also its address: it contains, sealed, the object that knows whether the token
 * is still active. So introspection needs one call and no index, and the token reveals neither the user id behind
 * a pairwise subject nor the grant.
 */
import type { JWTPayload } from 'jose'
import { sha256 } from '../kit/hash.ts'
import { randomToken } from '../kit/ids.ts'
import type { RootSecret } from '../kit/root-secret.ts'

/** A new token id for a user's grant. */
export const userTokenId = async (root: RootSecret, userId: string, grantId: string): Promise<string> =>
  `u.${await root.seal('jti', `${userId} ${grantId}`)}`

/** A new token id for client_credentials: its object is the client's, which the token names anyway. */
export const serviceTokenId = (): string => `s.${randomToken(16)}`

/** The object that knows about a token, and the token's id there. */
export interface TokenAddress {
  /** Name of the object: a user id, or the client's own object for service tokens. */
  readonly subject: string
  /** Absent for service tokens. */
  readonly grantId: string | undefined
  readonly jtiHash: string
}

/** Addresses by claims: a verified token that is remembered always returns the same claims object. */
const addresses = new WeakMap<JWTPayload, TokenAddress>()

/**
 * The address of a verified access token.
 * @returns undefined for ids sealed under a root secret no longer configured, and for tokens without id
 */
export async function locateToken(root: RootSecret, claims: JWTPayload): Promise<TokenAddress | undefined> {
  const known = addresses.get(claims)
  if (known) return known
  const { jti, client_id } = claims
  if (jti === undefined || typeof client_id !== 'string') return undefined
  const address = jti.startsWith('s.')
    ? { subject: serviceSubject(client_id), grantId: undefined }
    : await openTokenId(root, jti)
  if (!address) return undefined
  const complete = { ...address, jtiHash: await sha256(jti) }
  addresses.set(claims, complete)
  return complete
}

async function openTokenId(root: RootSecret, jti: string) {
  if (!jti.startsWith('u.')) return undefined
  const [subject, grantId] = (await root.open('jti', jti.slice(2)))?.split(' ') ?? []
  return subject && grantId ? { subject, grantId } : undefined
}

/** Name of the object that stores the revoked service tokens of a client. */
const serviceSubject = (clientId: string): string => `client:${clientId}`
