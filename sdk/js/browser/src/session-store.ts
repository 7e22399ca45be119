import { toBase64url, utf8 } from '@authly-server/core'
import type { Database } from './database.ts'
import type { Session } from './session.ts'

/** Where the session is. There is one at most. */
export interface SessionStore {
  readonly read: () => Promise<Session | undefined>
  /** Puts the session of a new sign-in in the place of whichever there was, which is returned. */
  readonly replace: (session: Session) => Promise<Session | undefined>
  /** @returns whether it was still there: a refresh must not bring back what a sign-out took away */
  readonly update: (session: Session) => Promise<boolean>
  /** @param id only this one; left out: whichever is there */
  readonly clear: (id?: string) => Promise<Session | undefined>
}

/** Of this page alone. */
export function memoryStore(): SessionStore {
  let kept: Session | undefined
  const put = (session: Session | undefined) => {
    const before = kept
    kept = session
    return before
  }
  return {
    read: async () => kept,
    replace: async (session) => put(session),
    update: async (session) => kept?.id === session.id && put(session) !== undefined,
    clear: async (id) => (id === undefined || kept?.id === id ? put(undefined) : undefined),
  }
}

/** As it is in IndexedDB: readable is nothing but a random id. Neither key can be exported. */
interface SealedSession {
  readonly id: string
  readonly key: CryptoKey
  readonly iv: Uint8Array<ArrayBuffer>
  readonly sealed: ArrayBuffer
  readonly dpopKey: Session['dpopKey']
}

const place = 'session'

/** Shared by all tabs of the origin, sealed by a key of its own. */
export function sealedStore(database: Database): SessionStore {
  return {
    read: async () => open((await database.get(place)) as SealedSession | undefined),
    async replace(session) {
      const sealed = await seal(session)
      return open((await database.change(place, () => sealed)) as SealedSession | undefined)
    },
    async update(session) {
      const before = (await database.get(place)) as SealedSession | undefined
      if (before?.id !== session.id) return false
      const sealed = await seal(session, before.key)
      const isSame = (present: unknown) => (present as SealedSession | undefined)?.id === session.id
      return isSame(await database.change(place, (present) => (isSame(present) ? sealed : undefined)))
    },
    async clear(id) {
      const isMeant = (present: unknown) =>
        id === undefined || (present as SealedSession | undefined)?.id === id
      const before = await database.change(place, (present) => (isMeant(present) ? null : undefined))
      return isMeant(before) ? open(before as SealedSession | undefined) : undefined
    },
  }
}

async function seal(session: Session, known?: CryptoKey): Promise<SealedSession> {
  const { dpopKey, ...rest } = session
  const key =
    known ??
    (await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, utf8(JSON.stringify(rest)))
  return { id: session.id, key, iv, sealed, dpopKey }
}

/** What cannot be opened, as after a change of this package, is no session. */
async function open(kept: SealedSession | undefined): Promise<Session | undefined> {
  if (!kept) return undefined
  try {
    const { key, iv, sealed, dpopKey } = kept
    const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed)
    return { ...(JSON.parse(new TextDecoder().decode(text)) as Session), dpopKey }
  } catch {
    return undefined
  }
}

export const newSessionId = (): string => toBase64url(crypto.getRandomValues(new Uint8Array(16)))
