import { randomToken, sha256 } from '@authly-server/core'
import type { SessionLifetime } from '../configuration/options.ts'
import { maxCookieLength, readChunks, writeChunks } from '../cookies/chunks.ts'
import type { CookieChange } from '../cookies/cookie-change.ts'
import type { RequestCookies } from '../cookies/request-cookies.ts'
import type { Sealer } from '../cookies/seal.ts'
import { failure } from '../errors.ts'
import type { SessionData } from './session-data.ts'
import type { KeyValueStore } from './store.ts'

/** Where sessions are kept: in the browser's cookie, or in a store to which the cookie has the key. */
export interface SessionKeeper {
  readonly read: (cookies: RequestCookies) => Promise<SessionData | undefined>
  /** A new session, in place of the one that the browser may have had. */
  readonly begin: (data: SessionData, cookies: RequestCookies) => Promise<readonly CookieChange[]>
  /** @returns the cookies to set; none if the browser's stays as it is */
  readonly update: (data: SessionData, cookies: RequestCookies) => Promise<readonly CookieChange[]>
  readonly remove: (cookies: RequestCookies) => Promise<readonly CookieChange[]>
  /** Whether a write counts only when its cookies reach the browser. */
  readonly needsCookies: boolean
}

interface KeeperNeeds {
  readonly sealer: Sealer
  readonly cookieName: string
  readonly lifetime: SessionLifetime
}

/** Seconds until the session ends if it is not used again. */
const remaining = ({ startedAt, usedAt }: SessionData, { idleSeconds, absoluteSeconds }: SessionLifetime) =>
  Math.ceil((Math.min(usedAt + idleSeconds * 1000, startedAt + absoluteSeconds * 1000) - Date.now()) / 1000)

export function cookieKeeper({ sealer, cookieName, lifetime }: KeeperNeeds): SessionKeeper {
  const fit = async (data: SessionData): Promise<string> => {
    const sealed = await sealer.seal('session', data)
    if (sealed.length <= maxCookieLength) return sealed
    // Only the sign-out needs it: Authly then asks the person once more.
    const { idToken, ...others } = data
    if (idToken !== undefined) return fit(others)
    throw failure(
      'session_too_large',
      `it does not fit into ${maxCookieLength} bytes of cookies: use a store`,
    )
  }
  const write: SessionKeeper['begin'] = async (data, cookies) =>
    writeChunks(cookieName, await fit(data), remaining(data, lifetime), cookies)
  return {
    needsCookies: true,
    read: async (cookies) => {
      const sealed = readChunks(cookieName, cookies)
      return sealed === undefined ? undefined : toSession(await sealer.open('session', sealed))
    },
    begin: write,
    update: write,
    remove: async (cookies) => writeChunks(cookieName, undefined, 0, cookies),
  }
}

export function storeKeeper(needs: KeeperNeeds, store: KeyValueStore): SessionKeeper {
  const { sealer, cookieName, lifetime } = needs
  const keyOf = async (cookies: RequestCookies): Promise<string | undefined> => {
    const sealed = readChunks(cookieName, cookies)
    const id = sealed && (await sealer.open('session', sealed))?.['key']
    return typeof id === 'string' ? id : undefined
  }
  const nameOf = async (key: string) => `authly:session:${await sha256(key)}`
  const load = async (key: string): Promise<SessionData | undefined> => {
    const sealed = await store.get(await nameOf(key))
    const entry = sealed ? await sealer.open('store', sealed) : undefined
    // Who can write to the store could move one person's entry to another's key.
    return entry?.['key'] === key ? toSession(entry['data']) : undefined
  }
  const save = async (key: string, data: SessionData) => {
    const ttl = Math.max(60, remaining(data, lifetime))
    await store.set(await nameOf(key), await sealer.seal('store', { key, data }), ttl)
  }
  return {
    needsCookies: false,
    read: async (cookies) => {
      const key = await keyOf(cookies)
      return key === undefined ? undefined : load(key)
    },
    begin: async (data, cookies) => {
      // What the browser had before this sign-in is over: nobody fixes a session beforehand.
      const former = await keyOf(cookies)
      if (former !== undefined) await store.delete(await nameOf(former))
      const key = randomToken()
      await save(key, data)
      return writeChunks(cookieName, await sealer.seal('session', { key }), lifetime.absoluteSeconds, cookies)
    },
    update: async (data, cookies) => {
      const key = await keyOf(cookies)
      const stored = key === undefined ? undefined : await load(key)
      // Gone: signed out meanwhile, which must last. Newer: another process renewed it, and our refresh token is the
      // older one.
      if (key !== undefined && stored?.id === data.id && stored.generation <= data.generation)
        await save(key, data)
      return []
    },
    remove: async (cookies) => {
      const key = await keyOf(cookies)
      if (key !== undefined) await store.delete(await nameOf(key))
      return writeChunks(cookieName, undefined, 0, cookies)
    },
  }
}

/** What was sealed by another version of this package is no session. */
const toSession = (value: unknown): SessionData | undefined => {
  const data = value as SessionData | undefined
  return data?.version === 1 && typeof data.id === 'string' ? data : undefined
}
