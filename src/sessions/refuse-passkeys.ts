/**
 * Taking passkeys away, and adding them, as the person's object learns it. It is told first when something is taken
 * away: once it has answered, nobody signs in with it, whatever becomes of the change in Postgres. It is told last when
 * something is added.
 */
import type { EventActor, Origin } from '../audit/event.ts'
import { type CopiedPasskey, everyPasskey, withoutPasskeys } from '../passkeys/account-copy.ts'
import { endSessionAndGrants } from './end-session.ts'
import { factorsChanged } from './factors-changed.ts'
import type { SubjectState } from './subject-state.ts'

/**
 * How long a refusal outlives its call: longer than any change in Postgres takes, so that a copy read meanwhile does
 * not bring the passkey back. If the change fails, the passkey works again after that time.
 */
export const refusalMs = 60_000

export interface RefusePasskeys {
  readonly now: number
  readonly user_id: string
  /** `all`: the account is about to be disabled or deleted. */
  readonly credential_ids: readonly string[] | 'all'
  readonly origin: Origin
  readonly by?: EventActor | undefined
  /** The session that asks for it. */
  readonly except_session_id?: string | undefined
}

/** Refuses passkeys from now on, and ends what they began. Repeating it is harmless. */
export function refusePasskeys(state: SubjectState, input: RefusePasskeys): void {
  const { credential_ids, now, user_id, origin, by } = input
  state.takenAway.generation += 1
  const refused = credential_ids === 'all' ? [everyPasskey] : credential_ids
  for (const credentialId of refused) state.passkeyRefusals.put(credentialId, now + refusalMs)
  const copy = state.accountCopy.get()
  if (credential_ids === 'all') return
  if (copy) {
    state.accountCopy.put(withoutPasskeys(copy, (credentialId) => credential_ids.includes(credentialId)))
  }
  factorsChanged(state, { now, user_id, origin, by })
  endSessionsOf(state, (credentialId) => credential_ids.includes(credentialId), {
    ...{ now, origin, by, except_session_id: input.except_session_id },
  })
}

export interface ReadmitPasskeys {
  /** When they were refused: the `now` of that call. */
  readonly refused_at: number
  readonly credential_ids: readonly string[]
}

/**
 * Takes a refusal back, because Postgres did not take the passkeys away. One that somebody repeated since stays.
 * @returns whether something was written
 */
export function readmitPasskeys(
  state: SubjectState,
  { refused_at, credential_ids }: ReadmitPasskeys,
): boolean {
  const taken = credential_ids.filter(
    (credentialId) => !state.passkeyRefusals.hasAny([credentialId], refused_at + refusalMs),
  )
  for (const credentialId of taken) state.passkeyRefusals.delete(credentialId)
  const copy = state.accountCopy.get()
  // The copy lacks them: the next attempt asks Postgres.
  if (copy) state.accountCopy.put({ ...copy, read_at: 0 })
  return taken.length > 0
}

interface Ending {
  readonly now: number
  readonly origin: Origin
  readonly by?: EventActor | undefined
  readonly except_session_id?: string | undefined
}

/** Ends the sessions begun with passkeys that are gone. */
export function endSessionsOf(
  state: SubjectState,
  isGone: (credentialId: string) => boolean,
  { now, origin, by, except_session_id }: Ending,
): void {
  for (const { session_id, proofs } of state.sessions.all()) {
    const wasBegunWithIt = proofs.some(
      ({ credential_id }) => credential_id !== undefined && isGone(credential_id),
    )
    if (!wasBegunWithIt || session_id === except_session_id) continue
    endSessionAndGrants(state, { now, origin, by, session_id, reason: 'passkey_removed' })
  }
}

export interface LearnPasskey {
  readonly now: number
  readonly user_id: string
  readonly origin: Origin
  readonly passkey: CopiedPasskey
}

/**
 * Adds a new passkey to the copy. Without a copy there is nothing to add: the first use of a passkey makes it.
 * @returns whether something was written to the copy
 */
export function learnPasskey(state: SubjectState, { passkey, ...change }: LearnPasskey): boolean {
  // Attack: who knows the password alone has begun a sign-in when there was no passkey, and sets up a factor in it.
  factorsChanged(state, change)
  const copy = state.accountCopy.get()
  if (!copy) return false
  const { credential_id, rp_id, public_key, sign_count, backup_eligible, backed_up } = passkey
  const copied = { credential_id, rp_id, public_key, sign_count, backup_eligible, backed_up }
  const others = withoutPasskeys(copy, (credentialId) => credentialId === credential_id)
  const factors = { ...copy.factors, passkeys: others.passkeys.length + 1 }
  state.accountCopy.put({ ...others, factors, passkeys: [...others.passkeys, copied] })
  return true
}
