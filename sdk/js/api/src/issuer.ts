import { discoverOnce, type Fetch, readJson, type ServerMetadata } from '@authly-server/core'

/** What this package asks the issuer. */
export interface Issuer {
  readonly metadata: () => Promise<ServerMetadata>
  /** The members of its JWK set, read now. */
  readonly readKeys: () => Promise<readonly unknown[]>
}

/** Milliseconds. */
const timeout = 5_000

/**
 * The issuer, over a `fetch` that waits for a limited time and follows no redirect: whoever it leads to would say which
 * keys are the issuer's.
 */
export function createIssuer(issuer: string, fetch: Fetch, now: () => number): Issuer {
  const metadata = discoverOnce(issuer, fetch, now)
  return {
    metadata,
    async readKeys() {
      try {
        const { jwks_uri } = await metadata()
        const { value } = await readJson(fetch, new Request(jwks_uri))
        if (!Array.isArray(value['keys'])) throw new TypeError('the answer of jwks_uri is not a JWK set')
        return value['keys']
      } catch (error) {
        // The issuer may have moved its keys.
        metadata.forget()
        throw error
      }
    },
  }
}

export const guarded =
  (fetch: Fetch): Fetch =>
  (request) =>
    fetch(request, { redirect: 'manual', signal: AbortSignal.timeout(timeout) })
