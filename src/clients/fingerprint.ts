/** What consent to a client is for, besides its scopes: where codes go, and who may redeem them. */
import { sha256 } from '../kit/hash.ts'
import type { RegisteredClient } from './client.ts'

type Identity = Pick<RegisteredClient, 'redirect_uris' | 'token_endpoint_auth_method'> & {
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | null | undefined
  readonly jwks_uri?: string | null | undefined
}

/**
 * The same for the same redirect URIs and keys, in whatever order they are written. Attack: whoever gets hold of a
 * registration or a document sends the codes of people who had agreed to somebody else.
 */
export const fingerprintOf = (client: Identity): Promise<string> =>
  sha256(
    JSON.stringify([
      client.token_endpoint_auth_method,
      [...client.redirect_uris].sort(),
      client.jwks_uri ?? null,
      client.jwks?.keys.map((key) => JSON.stringify(sorted(key))).sort() ?? null,
    ]),
  )

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)])
}
