/** A person keeps the account whose deletion they had asked for: Postgres has noted it, the sign-in goes on. */
import { type Advanced, advanceSignIn } from './advance-sign-in.ts'
import type { ContinueSignIn, LostSignIn } from './continue-sign-in.ts'
import { findKnownDevice } from './known-device.ts'
import { findPending } from './pending-sign-in.ts'
import type { SubjectState } from './subject-state.ts'

/** Also where the sign-in is lost: the copy of the account must not say what is wrong now. */
export function keepAccount(state: SubjectState, input: ContinueSignIn): Advanced | LostSignIn {
  const copy = state.accountCopy.get()
  if (copy?.factors.deletion_due_at != null) {
    state.accountCopy.put({ ...copy, factors: { ...copy.factors, deletion_due_at: undefined } })
  }
  const pending = findPending(state, input.pending, input.now)
  if (!pending) return { status: 'lost' }
  return advanceSignIn(state, input, pending, { action: 'keep_account' }, findKnownDevice(state, input))
}
