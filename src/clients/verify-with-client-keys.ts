/** Signatures of clients: assertions (RFC 7523 §3) and request objects (RFC 9101 §6.2), by the keys they published. */
import {
  type CompactVerifyGetKey,
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose'
import { assertionSigningAlgs } from '../protocol/client-auth-methods.ts'
import type { Client } from './client.ts'
import type { FetchClientJwks } from './client-jwks.ts'

/** Chooses the key by the header of what is verified, as jose asks for it. */
export type ChooseKey = JWTVerifyGetKey & CompactVerifyGetKey

/** The algorithm that the client has registered, or all; of these, those that its profile allows. */
export function acceptedSigningAlgs({ rules }: Client, registered: string | undefined): string[] {
  return assertionSigningAlgs.filter(
    (alg) => (registered === undefined || alg === registered) && (rules.signing_algs?.includes(alg) ?? true),
  )
}

/**
 * Calls `verify` with the keys of `client`, and again with a fresh copy where none fits and they are published.
 * @returns undefined when it has none, or they cannot be fetched
 * @throws what `verify` throws, an error of jose
 */
export async function verifyWithClientKeys<T>(
  { fetchClientJwks }: { readonly fetchClientJwks: FetchClientJwks },
  client: Client,
  verify: (key: ChooseKey) => Promise<T>,
): Promise<T | undefined> {
  const known = await fetchClientJwks(client, { stale: false })
  if (!known) return undefined
  try {
    return await verifyWithAny(known, verify)
  } catch (error) {
    const mayBeNew = error instanceof errors.JWKSNoMatchingKey && client.jwks_uri !== undefined
    const fresh = mayBeNew ? await fetchClientJwks(client, { stale: true }) : undefined
    if (!fresh) throw error
    return verifyWithAny(fresh, verify)
  }
}

/** A key is imported once for as long as the client is in memory: that takes longer than to verify a signature. */
const keySets = new WeakMap<JSONWebKeySet, ChooseKey>()

function keySetOf(jwks: JSONWebKeySet): ChooseKey {
  const known = keySets.get(jwks)
  if (known) return known
  const made = createLocalJWKSet(jwks)
  keySets.set(jwks, made)
  return made
}

/** Without `kid` several keys may fit. */
async function verifyWithAny<T>(jwks: JSONWebKeySet, verify: (key: ChooseKey) => Promise<T>): Promise<T> {
  try {
    return await verify(keySetOf(jwks))
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      try {
        return await verify(async () => key)
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}
