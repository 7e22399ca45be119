import { AuthlyError, isOnWorkers, sha256, type TokenResponse } from '@authly-server/core'
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
    const response = await provider.refresh(refreshToken, first)
    return [response, ...(await Promise.all(others.map((other) => provider.refresh(refreshToken, other))))]
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
    const claims = await provider.verifier.idToken(idToken, await provider.metadata(), { clientId, sub })
    return { idToken, user: { ...data.user, ...claims } }
  }
}

/** @param resource that the token was asked for */
export function heldFrom({ access_token, expires_in }: TokenResponse, resource: Resource): HeldToken {
  const obtainedAt = Date.now()
  return {
    ...(resource === undefined ? {} : { resource }),
    ...{ token: access_token, obtainedAt, expiresAt: obtainedAt + expires_in * 1000 },
  }
}
