import { AuthlyError, isOnWorkers, retryDelay, sha256, type TokenResponse } from '@authly-server/core'
import type { Provider } from '../provider/provider.ts'
import { type HeldToken, type SessionData, withTokens } from './session-data.ts'

export type Resource = string | undefined

export type Renew = (data: SessionData, resources: readonly Resource[]) => Promise<SessionData>

/**
 * Exchanges the refresh token of a session for access tokens. All of them with the same one, so that it is rotated once:
 * within its replay window the server gives every further request, of this process or another, the same successor. A
 * second rotation would make the token that parallel requests still carry look stolen.
 */
export function createRenew(provider: Provider, clientId: string): Renew {
  const running = new Map<string, Promise<readonly TokenResponse[]>>()

  const request = async (refreshToken: string, resources: readonly Resource[]) => {
    const [first, ...others] = resources
    const refresh = (resource: Resource) => insist(() => provider.refresh(refreshToken, resource))
    const response = await refresh(first)
    return [response, ...(await Promise.all(others.map(refresh)))]
  }

  /** Requests of one session that come together ask once. */
  const requestOnce = async (refreshToken: string, resources: readonly Resource[]) => {
    if (isOnWorkers()) return request(refreshToken, resources)
    const key = await sha256(JSON.stringify([refreshToken, resources]))
    const known = running.get(key)
    if (known) return known
    const started = request(refreshToken, resources).finally(() => running.delete(key))
    running.set(key, started)
    return started
  }

  return async (data, resources) => {
    if (data.refreshToken === undefined || resources.length === 0) throw new AuthlyError('signed_out')
    const responses = await requestOnce(data.refreshToken, resources)
    const last = responses[responses.length - 1]
    const idToken = responses.find(({ id_token }) => id_token !== undefined)?.id_token
    const tokens = responses.map((response, index) => heldFrom(response, resources[index]))
    const now = Date.now()
    return {
      ...withTokens(data, tokens),
      ...(last?.refresh_token === undefined ? {} : { refreshToken: last.refresh_token }),
      ...(idToken === undefined ? {} : await identity(data, idToken)),
      ...{ usedAt: now, generation: data.generation + 1 },
    }
  }

  /** A refreshed ID token is about the same person and session, or it is refused (OpenID Connect Core §12.2). */
  async function identity(data: SessionData, idToken: string) {
    const { sub } = data.user
    try {
      const claims = await provider.verifier.idToken(idToken, await provider.metadata(), { clientId, sub })
      return { idToken, user: { ...data.user, ...claims } }
    } catch (error) {
      // Without the server's keys nobody knows what it says. The refresh token is used up all the same: what came in its
      // place must be kept.
      if (error instanceof AuthlyError && error.code === 'network_error') return {}
      throw error
    }
  }
}

/** Well inside the replay window of 30 seconds. */
const insistForMs = 12_000

/** The answer may be lost when the token is used up already: asked again in time, the server repeats it. */
async function insist(refresh: () => Promise<TokenResponse>): Promise<TokenResponse> {
  const begun = Date.now()
  for (let attempts = 1; ; attempts++) {
    try {
      return await refresh()
    } catch (error) {
      const wait = retryDelay({ attempts, isRepeatable: isPassing(error) }, { maxAttempts: 3 })
      if (wait === undefined || Date.now() + wait - begun > insistForMs) throw error
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof AuthlyError && (error.code === 'network_error' || (error.status ?? 0) >= 500)

/** @param resource that the token was asked for */
export function heldFrom({ access_token, expires_in }: TokenResponse, resource: Resource): HeldToken {
  const obtainedAt = Date.now()
  return {
    ...(resource === undefined ? {} : { resource }),
    ...{ token: access_token, obtainedAt, expiresAt: obtainedAt + expires_in * 1000 },
  }
}
