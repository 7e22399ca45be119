/** The port of a client's public keys: registered inline (`jwks`) or published at its `jwks_uri`. */
import type { JSONWebKeySet } from 'jose'
import type { Client } from './client.ts'

/**
 * The client's keys. `stale: true` bypasses the cache once, for a `kid` missing from the cached set
 * (rate-limited).
 * @returns undefined when it has none or they cannot be fetched through the outgoing-request guard
 */
export type FetchClientJwks = (
  client: Client,
  options?: { readonly stale?: boolean },
) => Promise<JSONWebKeySet | undefined>
