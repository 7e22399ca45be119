import { AuthlyError } from '@authly-server/core'
import type { SessionLifetime } from '../configuration/options.ts'
import type { CookieChange } from '../cookies/cookie-change.ts'
import type { RequestCookies } from '../cookies/request-cookies.ts'
import { failure } from '../errors.ts'
import { authorizedFetch } from './authorized-fetch.ts'
import type { EndedSessions } from './ended-sessions.ts'
import type { Renew, Resource } from './renew.ts'
import type { Auth, Session } from './session.ts'
import { heldToken, isNearEnd, type SessionData } from './session-data.ts'
import type { SessionKeeper } from './session-keeper.ts'

export interface SessionNeeds {
  readonly keeper: SessionKeeper
  readonly ended: EndedSessions
  readonly renew: Renew
  readonly lifetime: SessionLifetime
  /** What is kept ready: the configured APIs, or undefined for everything that was granted. */
  readonly resources: readonly Resource[]
  readonly issuer: string
  readonly fetch: (request: Request) => Promise<Response>
}

/** How the framework that answers a request sets cookies. */
export interface CookieSink {
  /** False once the answer has begun. Asked before the refresh token is used up. */
  readonly canSet?: () => boolean
  /** Told at once, where cookies cannot wait until the answer is there. */
  readonly set?: (changes: readonly CookieChange[]) => void
}

export interface OpenSession {
  readonly auth: Auth
  /** Cookies of the answer: complete when the application is done with the session. */
  readonly changes: () => readonly CookieChange[]
}

/** A token that has just been renewed is not what a 401 was about. */
const freshMs = 30_000

/** The session of a request: checked, and renewed if it is time. */
export async function openSession(
  needs: SessionNeeds,
  cookies: RequestCookies,
  sink: CookieSink = {},
): Promise<OpenSession> {
  const { keeper, resources, lifetime } = needs
  let changes: readonly CookieChange[] = []
  let data: SessionData | undefined = await keeper.read(cookies)
  const canSet = () => !keeper.needsCookies || (sink.canSet?.() ?? true)

  const keep = (made: readonly CookieChange[]) => {
    if (made.length === 0) return
    changes = made
    sink.set?.(made)
  }
  const end = async () => {
    data = undefined
    if (sink.canSet?.() ?? true) keep(await keeper.remove(cookies))
  }
  const renew = async (held: SessionData, wanted: readonly Resource[]): Promise<SessionData> => {
    if (!canSet()) throw failure('session_read_only', 'tokens have to be renewed where no cookie can be set')
    try {
      const renewed = await needs.renew(held, wanted)
      keep(await keeper.update(renewed, cookies))
      data = renewed
      return renewed
    } catch (error) {
      if (!(error instanceof AuthlyError) || error.code !== 'invalid_grant') throw error
      await end()
      throw new AuthlyError('signed_out', { requestId: error.requestId })
    }
  }

  /** One after the other: the second needs the refresh token that the first one got. */
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = queue.then(work, work)
    queue = next.catch(() => undefined)
    return next
  }

  const accessToken: Session['accessToken'] = ({ resource = resources[0], forceRefresh = false } = {}) =>
    inTurn(async () => {
      if (data === undefined) throw new AuthlyError('signed_out')
      const held = heldToken(data, resource)
      const now = Date.now()
      const isGood = held !== undefined && !isNearEnd(held, now)
      if (isGood && !(forceRefresh && now - held.obtainedAt > freshMs)) return held.token
      if (data.refreshToken === undefined) {
        if (held !== undefined && held.expiresAt > now) return held.token
        throw new AuthlyError('signed_out', { description: 'the access token has ended' })
      }
      try {
        const renewed = heldToken(await renew(data, [resource]), resource)
        if (renewed === undefined) throw new AuthlyError('invalid_response')
        return renewed.token
      } catch (error) {
        // While Authly cannot be reached, what is there is used to its end.
        const isUsable = held !== undefined && held.expiresAt > Date.now() && !forceRefresh
        if (isUsable && data !== undefined && isOfServer(error)) return held.token
        throw error
      }
    })

  if (data && isOver(data, lifetime, Date.now())) await end()
  if (data && (await needs.ended.hasEnded(data))) await end()
  if (data) await renewAhead(data)
  if (!data) return { auth: signedOut, changes: () => changes }
  return { auth: { isSignedIn: true, ...sessionOf(needs, data, accessToken) }, changes: () => changes }

  /** What the request may need is renewed before it begins; if Authly cannot be reached, what is there has to do. */
  async function renewAhead(held: SessionData): Promise<void> {
    const now = Date.now()
    const isUnused = now - held.usedAt > Math.max(60_000, (lifetime.idleSeconds * 1000) / 4)
    const due = resources.filter((resource) => {
      const token = heldToken(held, resource)
      return token === undefined || isNearEnd(token, now)
    })
    if (!canSet() || (due.length === 0 && !isUnused)) return
    if (held.refreshToken === undefined) {
      // Nothing in it can be used up, so it may be written again: an older copy is as good.
      if (isUnused)
        keep(await keeper.update({ ...held, usedAt: now, generation: held.generation + 1 }, cookies))
      return
    }
    try {
      await inTurn(() => renew(held, due.length > 0 ? due : resources.slice(0, 1)))
    } catch (error) {
      if (!isOfServer(error)) throw error
    }
  }
}

/** Whether Authly said it, or said nothing: not our own refusals, nor mistakes. */
const isOfServer = (error: unknown): boolean =>
  error instanceof AuthlyError && error.code !== 'session_too_large'

const isOver = ({ startedAt, usedAt }: SessionData, lifetime: SessionLifetime, now: number): boolean =>
  now >= usedAt + lifetime.idleSeconds * 1000 || now >= startedAt + lifetime.absoluteSeconds * 1000

function sessionOf(
  { lifetime, issuer, fetch, resources }: SessionNeeds,
  { user, scope, startedAt }: SessionData,
  accessToken: Session['accessToken'],
): Session {
  return {
    ...{ user, scope, sid: user.sid, accessToken },
    expiresAt: startedAt + lifetime.absoluteSeconds * 1000,
    fetch: authorizedFetch({ accessToken, issuer, resources, fetch }),
  }
}

const refuse = () => Promise.reject(new AuthlyError('signed_out'))
const signedOut: Auth = { isSignedIn: false, user: undefined, accessToken: refuse, fetch: refuse }
