import { sha256 } from '@authly-server/core'
import type { SessionData } from './session-data.ts'
import type { KeyValueStore } from './store.ts'

export type EndedSessions = ReturnType<typeof createEndedSessions>

/** What a logout token, or a sign-out, says is over: a session at Authly, or everything of a person. */
export type Ended = { readonly sid: string } | { readonly sub: string }

/**
 * The list of sessions that have ended before their time. An entry says when: whoever signs in afterwards is not
 * concerned, also if Authly's own session, and so its `sid`, went on.
 * @param application issuer and client: applications may share a store
 * @param ttlSeconds how long a session can live at most
 */
export function createEndedSessions(
  store: KeyValueStore,
  application: readonly string[],
  ttlSeconds: number,
) {
  const keyOf = async (kind: string, value: string) =>
    `authly:${kind}:${await sha256(JSON.stringify([...application, value]))}`
  const entry = (ended: Ended) => ('sid' in ended ? keyOf('sid', ended.sid) : keyOf('sub', ended.sub))
  const endOf = async (ended: Ended): Promise<number> => Number((await store.get(await entry(ended))) ?? 0)

  return {
    /** @param at milliseconds */
    end: async (ended: Ended, at: number): Promise<void> => {
      await store.set(await entry(ended), String(at), ttlSeconds)
    },
    hasEnded: async ({ user: { sid, sub }, startedAt }: SessionData): Promise<boolean> => {
      const ends = await Promise.all([sid === undefined ? 0 : endOf({ sid }), endOf({ sub })])
      return ends.some((end) => end >= startedAt)
    },
    isUsed: async (jti: string): Promise<boolean> => Boolean(await store.get(await keyOf('jti', jti))),
    markUsed: async (jti: string, seconds: number): Promise<void> => {
      await store.set(await keyOf('jti', jti), '1', seconds)
    },
  }
}
