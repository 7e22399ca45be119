/**
 * The waiting period of somebody who has lost every second factor, in the person's object: a complete sign-in with a
 * second factor ends it in the transaction in which its session begins. Postgres has it too, with its times; only what
 * both have counts.
 */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import { acrMultiFactor, reachedClasses } from '../authentication/acr.ts'
import { count } from '../telemetry/count.ts'
import { findPending, type PendingProof, type PendingSignIn } from './pending-sign-in.ts'
import type { SubjectState } from './subject-state.ts'

export interface BeginRecoveryWait {
  readonly now: number
  readonly pending: PendingProof
  /** Of the period that begins, unless one has begun. */
  readonly recovery_hash: string
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
}

export type BegunRecoveryWait =
  /** `recovery_hash`: of the period that is waited for, which may have begun before. */
  { readonly status: 'waiting'; readonly recovery_hash: string } | { readonly status: 'lost' }

/** Attack: who has not opened the mailbox, or holds a session alone, begins one. So a recovery must be pending. */
export function beginRecoveryWait(state: SubjectState, input: BeginRecoveryWait): BegunRecoveryWait {
  const pending = findPending(state, input.pending, input.now)
  if (!pending?.policy.recovers || pending.proofs.length === 0) return { status: 'lost' }
  const begun = state.recoveryWait.find(input.now)
  if (begun !== undefined) return { status: 'waiting', recovery_hash: begun }
  state.recoveryWait.delete()
  state.recoveryWait.put(input.recovery_hash, input.expires_at)
  return { status: 'waiting', recovery_hash: input.recovery_hash }
}

/** For the page. */
export const findRecoveryWait = (
  state: SubjectState,
  { now }: { readonly now: number },
): string | undefined => state.recoveryWait.find(now)

/** Somebody said that it was not them: what was begun with it ends too. Postgres has recorded it. */
export function cancelRecoveryWait(state: SubjectState): boolean {
  state.pendingSignIns.clear()
  return state.recoveryWait.delete()
}

/** Whoever has the second factor has not lost it. Attack: somebody else waits for it to be taken away. */
export function endWaitOf(
  state: SubjectState,
  { user_id, proofs }: Pick<PendingSignIn, 'user_id' | 'proofs'>,
  { now, origin }: { readonly now: number; readonly origin: Origin },
): void {
  if (!reachedClasses(proofs).includes(acrMultiFactor) || !state.recoveryWait.delete()) return
  count('authly_recoveries_total', 1, 'stopped')
  state.record(
    createEvent('recovery.stopped', now, origin, {
      ...{ outcome: 'success', actor_type: 'user', actor_id: user_id, user_id },
      data: { reason: 'second_factor' },
    }),
  )
}

/** The sign-in as it goes on when its waiting period is over: as that of an account without a second factor. */
export function withoutLostFactors(
  state: SubjectState,
  pending: PendingSignIn,
  { now, recovery_hash }: { readonly now: number; readonly recovery_hash: string | undefined },
): PendingSignIn {
  if (recovery_hash === undefined || !pending.policy.recovers) return pending
  if (state.recoveryWait.find(now) !== recovery_hash) return pending
  return {
    ...pending,
    policy: { ...pending.policy, lost_factors: recovery_hash },
    account: { ...pending.account, passkeys: 0, otp: 0, recovery_codes: 0 },
    otp_seeds: [],
  }
}
