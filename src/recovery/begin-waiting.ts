/** Begins the waiting period of somebody who has opened the mailbox of an account and can prove nothing else. */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import { constantTimeEqual } from '../kit/hash.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { isUnavailable } from '../kit/unavailable.ts'
import type { PendingProof } from '../sessions/pending-sign-in.ts'
import type { SessionsOf } from '../sessions/rules.ts'
import { count } from '../telemetry/count.ts'
import type { FindUser } from '../users/user.ts'
import { type TellNeeds, tellOwner } from './tell-owner.ts'
import { issueStopLink, type OpenRecoveryStore } from './waiting-period.ts'

export interface WaitingNeeds extends TellNeeds {
  readonly root: RootSecret
  readonly config: { readonly issuer: string }
  readonly findUser: FindUser
  readonly openRecoveryStore: OpenRecoveryStore
  readonly sessionsOf: SessionsOf
}

export type BegunWaiting =
  | 'waiting'
  /** Administrators are helped by administrators. */
  | 'barred'
  /** No address of the account can be told: nothing has begun. */
  | 'unsent'
  /** The recovery is not pending any more. */
  | 'lost'

/**
 * Tells every verified address first. Attack: the owner never hears of it, because the isolate ended after the period was
 * stored, or because messages could not be queued.
 */
export async function beginWaiting(
  needs: WaitingNeeds,
  {
    user_id,
    pending,
    origin,
  }: { readonly user_id: string; readonly pending: PendingProof; readonly origin: Origin },
): Promise<BegunWaiting> {
  const [store, settings] = await Promise.all([needs.openRecoveryStore(), needs.readSettings()])
  const [state, user] = await Promise.all([store.find(user_id), needs.findUser(user_id)])
  if (!state || !user) return 'lost'
  if (state.is_barred) return 'barred'
  const now = needs.now()
  const waitMs = settings['recovery.waiting_hours'] * 3_600_000
  const [available_at, expires_at] = [now + waitMs, now + 2 * waitMs]
  const link = await issueStopLink(needs.root, needs.config.issuer, { user_id, expires_at })
  const begun = await needs
    .sessionsOf(user_id)
    .beginRecoveryWait({ now, pending, recovery_hash: link.recovery_hash, expires_at })
  if (begun.status === 'lost') return 'lost'
  const { recovery_hash } = begun
  if (state.waiting && constantTimeEqual(state.waiting.recovery_hash, recovery_hash)) return 'waiting'
  const params = { url: link.url, available_at }
  const tickets = await tellOwner(needs, user, {
    email: { kind: 'recovery_waiting', params },
    sms: { kind: 'recovery_waiting_sms', params },
    held: true,
  })
  if (tickets.length === 0) return 'unsent'
  const event = createEvent('recovery.waiting', now, origin, {
    ...{ outcome: 'success', actor_type: 'user', actor_id: user_id, user_id },
    data: { available_at: new Date(available_at).toISOString() },
  })
  const settle = (how: 'release' | 'discard') => Promise.allSettled(tickets.map((ticket) => ticket[how]()))
  const isStored = await store
    .storeWaitingPeriod({ user_id, recovery_hash, available_at, expires_at, event })
    .catch(async (failure: unknown) => {
      // Whether it is stored nobody knows: the messages go.
      if (!isUnavailable(failure)) await settle('discard')
      throw failure
    })
  // Another request of the same moment has told them.
  await settle(isStored ? 'release' : 'discard')
  if (isStored) count('authly_recoveries_total', 1, 'waiting')
  return 'waiting'
}
