/** What the alarm after a sign-in with a passkey does with Postgres' answer. */
import type { Origin } from '../audit/event.ts'
import { isToBeDeleted } from '../authentication/unmet-demand.ts'
import {
  type CopiedAccount,
  type PasskeyUsage,
  renewCopy,
  withoutPasskeys,
} from '../passkeys/account-copy.ts'
import { endAllSessions } from './end-session.ts'
import { endSessionsOf } from './refuse-passkeys.ts'
import type { SubjectState } from './subject-state.ts'

export interface RenewAccount {
  readonly now: number
  readonly user_id: string
  /** `undefined`: there is no such account. */
  readonly account: CopiedAccount | undefined
  readonly read_at: number
  /** The uses that were handed over with the question. */
  readonly sent: readonly PasskeyUsage[]
  /** What had been taken away when Postgres was asked. */
  readonly generation: number
}

/** Nobody's request: the alarm found out. */
const origin: Origin = { ip: undefined, user_agent: undefined, request_id: 'alarm' }
const by = { actor_type: 'system' } as const

/**
 * Renews the copy, and ends sessions begun with a passkey or an account that is gone in Postgres although nobody told
 * this object: somebody changed the database itself, or restored one of the two.
 */
export function renewAccount(state: SubjectState, input: RenewAccount): void {
  if (input.generation !== state.takenAway.generation) return
  const { account, now, read_at, user_id } = input
  if (account?.status !== 'active') {
    state.accountCopy.drop()
    const reason = account ? 'account_disabled' : 'account_deleted'
    endAllSessions(state, { now, origin, by, reason, forget: account ? undefined : 'everything' })
    return
  }
  if (isToBeDeleted(account.factors) && !isToBeDeleted(state.accountCopy.get()?.factors)) {
    // Whoever asked for it was not able to tell this object: nobody has decided to stay since.
    endAllSessions(state, { now, origin, by, reason: 'deletion_requested' })
    return
  }
  const renewed = renewCopy(state.accountCopy.get(), account, { user_id, read_at }, input.sent)
  const copy = withoutPasskeys(renewed, (credentialId) => state.passkeyRefusals.hasAny([credentialId], now))
  state.accountCopy.put(copy)
  const kept = new Set(copy.passkeys.map(({ credential_id }) => credential_id))
  endSessionsOf(state, (credentialId) => !kept.has(credentialId), { now, origin, by })
}
