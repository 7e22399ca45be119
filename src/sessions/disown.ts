/** Somebody who reads a notice says that it was not them: everything that is open ends, and the link is used up. */
import type { Origin } from '../audit/event.ts'
import { endAllSessions } from './end-session.ts'
import type { SubjectState } from './subject-state.ts'

export interface Disown {
  readonly now: number
  readonly origin: Origin
  /** SHA-256 of the secret of the link. */
  readonly link_hash: string
  /** Of the link, milliseconds since the Unix epoch: until then its use is remembered. */
  readonly expires_at: number
}

/** @returns whether this was its first use */
export function disown(state: SubjectState, { now, origin, link_hash, expires_at }: Disown): boolean {
  if (!state.spentInteractions.add(`notice ${link_hash}`, expires_at)) return false
  endAllSessions(state, { now, origin, reason: 'not_me', by: { actor_type: 'anonymous' } })
  return true
}
