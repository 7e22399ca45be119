import {
  type Clock,
  createClock,
  createNonces,
  type DpopKey,
  discoverOnce,
  type Fetch,
  type Nonces,
  requestTokens,
  type ServerMetadata,
  type TokenResponse,
} from '@authly-server/core'
import type { Settings } from './options.ts'

/** The authorization server as this page knows it. */
export interface Server {
  readonly metadata: () => Promise<ServerMetadata>
  readonly clock: Clock
  readonly nonces: Nonces
  readonly requestTokens: (
    key: DpopKey | undefined,
    parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
    fetch?: Fetch,
  ) => Promise<TokenResponse>
  /** Asks the server to forget a session. Goes on when the page is left, and never fails. */
  readonly revoke: (refreshToken: string | undefined) => Promise<void>
}

/** Several attempts fit into the replay window. */
const timeoutMs = 8_000

/** No cookie of the server goes along, also where it is on this page's own origin. */
export const plainFetch: Fetch = (request) =>
  fetch(request, { credentials: 'omit', signal: AbortSignal.timeout(timeoutMs) })

export function connectServer({ issuer, clientId }: Settings): Server {
  const metadata = discoverOnce(issuer, plainFetch)
  const clock = createClock()
  const nonces = createNonces()
  return {
    metadata,
    clock,
    nonces,
    requestTokens: async (key, parameters, fetch = plainFetch) =>
      requestTokens(
        { fetch, metadata: await metadata(), clientId, dpop: key && { key, nonces }, clock },
        parameters,
      ),
    async revoke(refreshToken) {
      try {
        const { revocation_endpoint: url } = await metadata()
        if (refreshToken === undefined || url === undefined) return
        const body = new URLSearchParams({ token: refreshToken, client_id: clientId })
        await fetch(url, {
          ...{ method: 'POST', body, credentials: 'omit', keepalive: true, redirect: 'error' },
          signal: AbortSignal.timeout(3_000),
        })
      } catch {
        // It expires by itself.
      }
    },
  }
}
