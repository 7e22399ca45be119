/** Limits how many sessions a person has at a time: on all browsers together, and signed in to one client. */
import type { Origin } from '../audit/event.ts'
import { sessionEnded } from './decide-session.ts'
import { endSessionAndGrants } from './end-session.ts'
import { grantEnd } from './limit-grants.ts'
import { revokeGrant } from './revoke-grant.ts'
import type { StoredGrant, StoredSession, SubjectState } from './subject-state.ts'

/** More sessions than any user needs; a script that keeps signing in must not fill the object. */
export const maxSessions = 100

export interface SessionLimit {
  /** The largest number of sessions. */
  readonly max: number
  /** `refuse`: no session more. `end_oldest`: those used longest ago end. */
  readonly when_full: 'refuse' | 'end_oldest'
}

interface Ending {
  readonly now: number
  readonly origin: Origin
}

/** Sessions that end so that one more may begin, the longest unused first. */
export function sessionsInTheWay(live: readonly StoredSession[], max: number): readonly StoredSession[] {
  const oldestFirst = live.toSorted((left, right) => left.last_seen_at - right.last_seen_at)
  return oldestFirst.slice(0, Math.max(0, live.length - max + 1))
}

/**
 * The person's live sessions.
 * @param except the session that is replaced, or the one that asks
 */
export const liveSessions = (
  state: SubjectState,
  now: number,
  except: string | undefined,
): readonly StoredSession[] =>
  state.sessions.all().filter((each) => each.session_id !== except && !sessionEnded(each, now))

/** The live sessions with a live grant of the client. */
export function sessionsOfClient(
  state: SubjectState,
  clientId: string,
  now: number,
  except: string,
): readonly StoredSession[] {
  const withGrant = new Set(grantsOfClient(state, clientId, now).map(({ grant }) => grant.session_id))
  return liveSessions(state, now, except).filter(({ session_id }) => withGrant.has(session_id))
}

const grantsOfClient = (state: SubjectState, clientId: string, now: number): readonly StoredGrant[] =>
  state.grants.allLive().filter((each) => each.grant.client_id === clientId && now < grantEnd(each))

/** Ends the person's oldest sessions until one more fits. */
export function endOldestSessions(
  state: SubjectState,
  ending: Ending,
  max: number,
  except?: string | undefined,
): void {
  for (const { session_id } of sessionsInTheWay(liveSessions(state, ending.now, except), max)) {
    endSessionAndGrants(state, { ...ending, session_id, reason: 'limit' })
  }
}

/**
 * Ends the oldest sessions that are signed in to the client until one more fits. What the client may do there without
 * the session (`offline_access`) ends too: otherwise the limit would limit nothing.
 */
export function endOldestOfClient(
  state: SubjectState,
  ending: Ending,
  {
    client_id,
    session_id,
    max,
  }: { readonly client_id: string; readonly session_id: string; readonly max: number },
): void {
  const ended = sessionsInTheWay(sessionsOfClient(state, client_id, ending.now, session_id), max)
  for (const session of ended) {
    endSessionAndGrants(state, { ...ending, session_id: session.session_id, reason: 'limit' })
    const actor = { actor_type: 'user', actor_id: session.user_id } as const
    for (const stored of grantsOfClient(state, client_id, ending.now)) {
      if (stored.grant.session_id !== session.session_id) continue
      revokeGrant(state, stored, { ...ending, reason: 'limit', actor })
    }
  }
}

export interface MakeRoom extends Ending {
  readonly session_id: string
  readonly client_id: string
  readonly max: number
}

/** The person's own decision, where the setting refuses: signs out at the sessions used longest ago. */
export const makeRoomAtClient = (state: SubjectState, input: MakeRoom): void =>
  endOldestOfClient(state, { now: input.now, origin: input.origin }, input)
