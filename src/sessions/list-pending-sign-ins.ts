/** Sign-ins in progress of a person, as administrators see and end them. */
import { createEvent } from '../audit/create-event.ts'
import type { EventActor, Origin } from '../audit/event.ts'
import { acrOf } from '../authentication/acr.ts'
import { amrOf } from '../authentication/proof.ts'
import type { PendingSignIn, SignInSignals } from './pending-sign-in.ts'
import type { SubjectState } from './subject-state.ts'

/** Nothing in it continues the sign-in. Times are milliseconds since the Unix epoch. */
export interface ListedPendingSignIn {
  readonly pending_id: string
  readonly started_at: number
  readonly expires_at: number
  /** Steps that have proven something, in their order. */
  readonly proofs: readonly { readonly step: string; readonly at: number; readonly amr: readonly string[] }[]
  /** What they reach together. */
  readonly acr: string | undefined
  readonly amr: readonly string[]
  readonly actions_done: readonly string[]
  /** Whether the second factor is remembered at this browser. */
  readonly is_remembered: boolean
  /** Wrong attempts by step. */
  readonly failures: Readonly<Record<string, number>>
  readonly signals: Pick<SignInSignals, 'network' | 'country'>
}

/** The newest first. */
export const listPendingSignIns = (
  state: SubjectState,
  { now }: { readonly now: number },
): readonly ListedPendingSignIn[] =>
  state.pendingSignIns
    .all()
    .filter(({ expires_at }) => now < expires_at)
    .toSorted((left, right) => right.started_at - left.started_at)
    .map(toListed)

const toListed = (pending: PendingSignIn): ListedPendingSignIn => ({
  pending_id: pending.pending_id,
  started_at: pending.started_at,
  expires_at: pending.expires_at,
  proofs: pending.proofs.map(({ step, at, amr }) => ({ step, at, amr })),
  acr: acrOf(pending.proofs),
  amr: amrOf(pending.proofs),
  actions_done: pending.actions_done,
  is_remembered: pending.is_remembered,
  failures: pending.failures,
  signals: { network: pending.signals.network, country: pending.signals.country },
})

export interface EndPendingSignIns {
  readonly now: number
  readonly user_id: string
  /** Absent: all. */
  readonly pending_id?: string | undefined
  readonly origin: Origin
  readonly by: EventActor
}

/**
 * Ends sign-ins in progress: whoever is in one starts over with the first step.
 * @returns how many there were
 */
export function endPendingSignIns(state: SubjectState, input: EndPendingSignIns): number {
  const { now, user_id, pending_id, origin, by } = input
  const ended = state.pendingSignIns
    .all()
    .filter((pending) => now < pending.expires_at && [undefined, pending.pending_id].includes(pending_id))
  for (const pending of ended) {
    state.pendingSignIns.delete(pending.pending_id)
    const data = { steps: pending.proofs.map(({ step }) => step) }
    state.record(createEvent('login.ended', now, origin, { outcome: 'success', ...by, user_id, data }))
  }
  return ended.length
}
