import { AuthlyError } from '@authly-server/core'
import type { StateHolder } from './auth-state.ts'
import type { Settings } from './options.ts'
import { refreshSession } from './refresh.ts'
import type { Server } from './server.ts'
import { type AccessToken, defaultResource, isFresh, isUsable, leadOf, type Session } from './session.ts'
import type { Storage } from './storage.ts'
import type { News, Tabs } from './tabs.ts'

/** Longer ones would be over at once. */
const longestTimer = 2 ** 31 - 1

type EndReason = 'signed_out' | 'session_ended'

/** The session of this page, which is that of all tabs. */
export interface SessionKeeper {
  /** What this page knows, without asking. */
  readonly current: () => Session | undefined
  /** Reads what is kept. @param more of the state that follows */
  readonly restore: (more?: Why) => Promise<void>
  /** Takes over the session of a new sign-in. */
  readonly begin: (session: Session) => Promise<void>
  /** Forgets the session here and in all tabs, and returns it. */
  readonly end: (reason: EndReason, id?: string) => Promise<Session | undefined>
  /**
   * @param rejected a token that is of no use any more, whatever its time
   * @throws AuthlyError `signed_out`, `network_error`, or what the server says
   */
  readonly token: (resource: string | undefined, rejected?: string) => Promise<TokenOfSession>
  /** Refreshes ahead of time if it is time, and comes back later. */
  readonly lookAhead: () => void
  readonly onNews: (news: News) => Promise<void>
}

export interface TokenOfSession {
  readonly token: AccessToken
  readonly session: Session
}

/** Why there is no session, or no other one. */
interface Why {
  readonly reason?: EndReason
  readonly error?: AuthlyError
}

export function keepSession(
  settings: Settings,
  { sessions, database }: Storage,
  server: Server,
  tabs: Tabs,
  state: StateHolder,
): SessionKeeper {
  let current: Session | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const running = new Map<string, Promise<TokenOfSession>>()

  function adopt(session: Session | undefined, why: Why = {}): void {
    current = session
    const error = why.error && { error: why.error }
    state.set(
      session
        ? { status: 'signed_in', user: session.claims, scope: session.scope, ...error }
        : { status: 'signed_out', ...why },
    )
    plan()
  }

  /** Ahead of time, with a spread so that tabs do not all ask for the lock in the same moment. */
  function plan(soonest = 0): void {
    clearTimeout(timer)
    const token = current?.tokens[defaultResource(current)]
    if (!token || current?.refreshToken === undefined) return
    const lead = leadOf(token)
    const wait = token.expiresAt - Date.now() - lead + (lead / 4) * Math.random()
    timer = setTimeout(lookAhead, Math.min(Math.max(wait, soonest), longestTimer))
  }

  function lookAhead(): void {
    // A forgotten tab must not keep a session alive for ever: it refreshes when somebody looks at it or uses it.
    if (!current || document.visibilityState === 'hidden' || !navigator.onLine) return
    const resource = defaultResource(current)
    const token = current.tokens[resource]
    if (!token || isFresh(token)) plan()
    else
      shared(resource, undefined, isFresh).then(
        () => plan(),
        () => plan(5_000),
      )
  }

  /** One at a time in this page, and within the lock one in all tabs. */
  function shared(
    resource: string,
    rejected: string | undefined,
    isGood: (token: AccessToken) => boolean,
  ): Promise<TokenOfSession> {
    const key = JSON.stringify([resource, rejected])
    const known = running.get(key)
    if (known) return known
    const promise = tabs.alone(() => refreshIfNeeded(resource, rejected, isGood))
    running.set(key, promise)
    const done = () => running.delete(key)
    promise.then(done, done)
    return promise
  }

  async function refreshIfNeeded(
    resource: string,
    rejected: string | undefined,
    isGood: (token: AccessToken) => boolean,
  ): Promise<TokenOfSession> {
    const session = await sessions.read()
    if (!session) {
      adopt(undefined, { reason: 'signed_out' })
      throw new AuthlyError('signed_out')
    }
    const known = session.tokens[resource]
    if (known && known.value !== rejected && isGood(known)) {
      adopt(session)
      return { token: known, session }
    }
    const next = await refreshSession(settings, server, session, resource).catch(async (error: unknown) => {
      const isOver = error instanceof AuthlyError && error.code === 'invalid_grant'
      if (!isOver) throw error
      await end('session_ended', session.id)
      throw new AuthlyError('signed_out', { description: error.description, cause: error })
    })
    if (!(await sessions.update(next))) {
      // Somebody signed out meanwhile: what came back must not live on.
      await server.revoke(next.refreshToken)
      throw new AuthlyError('signed_out')
    }
    adopt(next)
    tabs.tell('changed')
    return { token: next.tokens[resource] as AccessToken, session: next }
  }

  async function restore(why?: Why): Promise<void> {
    const session = await sessions.read()
    if (session && current?.id !== session.id) server.clock.set(session.clockOffsetSeconds)
    adopt(session, why)
  }

  async function end(reason: EndReason, id?: string): Promise<Session | undefined> {
    const ended = await sessions.clear(id)
    // Somebody signed out meanwhile, and everybody knows.
    if (id !== undefined && !ended) return undefined
    // Another sign-in may have taken its place.
    await restore({ reason })
    tabs.tell(reason)
    return ended
  }

  return {
    current: () => current,
    restore,
    end,
    lookAhead,
    async begin(session) {
      const before = await sessions.replace(session)
      adopt(session)
      tabs.tell('changed')
      void server.revoke(before?.refreshToken)
    },
    async token(resource, rejected) {
      // Another tab may have signed in a moment ago.
      const session = current ?? (await sessions.read())
      if (!session) throw new AuthlyError('signed_out')
      if (!current) adopt(session)
      const named = resource ?? defaultResource(session)
      const token = session.tokens[named]
      if (token && token.value !== rejected && isUsable(token)) return { token, session }
      return shared(named, rejected, isUsable)
    },
    async onNews(news) {
      if (news === 'changed') return restore()
      // What only this page knows is over too: it was the same person at the same server.
      if (news === 'signed_out' && !database) await sessions.clear()
      await restore({ reason: news })
    },
  }
}
