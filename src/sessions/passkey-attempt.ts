/**
 * An attempt with a passkey in the person's object: what is computed before the transaction, and the checks inside it
 * that a first and a second factor share.
 */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import { passkeyProof } from '../authentication/factor-proofs.ts'
import type { Proof } from '../authentication/proof.ts'
import {
  type AccountCopy,
  type CopiedAccount,
  type CopiedPasskey,
  decidesAlone,
  everyPasskey,
  findPasskey,
  renewCopy,
  withoutPasskeys,
  withUse,
} from '../passkeys/account-copy.ts'
import { decidePasskeyUse } from '../passkeys/decide-passkey-use.ts'
import type { Assertion } from '../passkeys/read-credential.ts'
import { challengeUse } from '../passkeys/register-passkey.ts'
import type { PasskeySettings } from '../passkeys/relying-party.ts'
import {
  type ExpectedCeremony,
  type VerifiedAssertion,
  verifyAssertion,
} from '../passkeys/verify-assertion.ts'
import { count } from '../telemetry/count.ts'
import type { VerifyNeeds } from './define-rule.ts'
import type { SubjectState } from './subject-state.ts'

export interface PasskeyAttempt {
  readonly now: number
  readonly user_id: string
  readonly assertion: Assertion
  readonly expected: ExpectedCeremony
  /** Until then the use of the challenge is remembered. */
  readonly challenge_expires_at: number
  readonly counter_regression: PasskeySettings['passkeys.counter_regression']
  readonly origin: Origin
}

export interface PreparedPasskey {
  /** What had been taken away when Postgres was read. */
  readonly generation: number
  /** The account, if Postgres was asked. */
  readonly account?: { readonly value: CopiedAccount | undefined; readonly read_at: number } | undefined
  /** The key the assertion was verified with. */
  readonly public_key?: string | undefined
  readonly shown?: VerifiedAssertion | undefined
}

export type PasskeyRefusal =
  /** This account has no such passkey: the browser may forget it (Web Authentication Level 3 §5.1.10.1). */
  | 'unknown'
  /** The challenge was used before. */
  | 'spent'
  | 'refused'

export type AttemptedPasskey =
  | { readonly status: 'proven'; readonly proof: Proof; readonly copy: AccountCopy }
  | { readonly status: 'refused'; readonly reason: PasskeyRefusal }

/** Verifies the assertion, which takes a signature check, and reads Postgres only if the copy cannot decide. */
export async function preparePasskey(
  state: SubjectState,
  needs: Pick<VerifyNeeds, 'exchangeAccount'>,
  input: PasskeyAttempt,
): Promise<PreparedPasskey> {
  const { generation } = state.takenAway
  const { credential_id } = input.assertion
  let copy: CopiedAccount | undefined = state.accountCopy.get()
  let account: PreparedPasskey['account']
  if (!decidesAlone(state.accountCopy.get(), credential_id, input.now)) {
    const read_at = input.now
    account = { value: await needs.exchangeAccount(input.user_id, []), read_at }
    copy = account.value
  }
  const passkey = copy?.passkeys.find((each) => each.credential_id === credential_id)
  if (!passkey) return { generation, account }
  const { public_key } = passkey
  const shown = await verifyAssertion(input.assertion, input.expected, public_key)
  return { generation, account, public_key, shown }
}

/** The transaction's part: everything is checked again, the challenge is spent, the use is noted. */
export function attemptPasskey(
  state: SubjectState,
  input: PasskeyAttempt,
  prepared: PreparedPasskey,
  as: 'first_factor' | 'second_factor',
): AttemptedPasskey {
  takeAccount(state, input, prepared)
  const { credential_id } = input.assertion
  if (isRefused(state, credential_id, input.now)) return refuse(state, input, 'refused')
  const copy = state.accountCopy.get()
  const passkey = findPasskey(copy, credential_id)
  if (copy?.status === 'disabled') return refuse(state, input, 'refused')
  if (!copy || !passkey) {
    // Something was taken away meanwhile: whether this passkey was, a next attempt finds out.
    const isCertain = prepared.generation === state.takenAway.generation
    return refuse(state, input, isCertain ? 'unknown' : 'refused')
  }
  const { shown } = prepared
  const isGenuine = shown !== undefined && prepared.public_key === passkey.public_key
  if (!isGenuine || passkey.rp_id !== input.expected.rp_id) return refuse(state, input, 'refused')
  const { challenge } = input.expected
  if (!state.spentInteractions.add(challengeUse(challenge), input.challenge_expires_at)) {
    return { status: 'refused', reason: 'spent' }
  }
  const { counter_regression } = input
  const use = decidePasskeyUse(passkey, shown, { counter_regression, as })
  if (use.status === 'refused') return refuseUse(state, input, { copy, passkey, shown, use })
  const { backed_up } = shown
  const { sign_count } = use
  const used = withUse(copy, { credential_id, sign_count, backed_up, used_at: input.now })
  state.accountCopy.put(used)
  const states = passkeyProof(shown.user_verified, !passkey.backup_eligible)
  const proof = { ...states, step: 'passkey', at: input.now, credential_id }
  count('authly_passkey_verifications_total', 1, 'success')
  return { status: 'proven', copy: used, proof }
}

/** Stores what Postgres answered, unless something was taken away since it was asked. */
function takeAccount(
  state: SubjectState,
  input: PasskeyAttempt,
  { account, generation }: PreparedPasskey,
): void {
  if (!account || generation !== state.takenAway.generation) return
  const { value, read_at } = account
  if (!value) {
    state.accountCopy.drop()
    return
  }
  const { user_id } = input
  const renewed = renewCopy(state.accountCopy.get(), value, { user_id, read_at }, [])
  state.accountCopy.put(
    withoutPasskeys(renewed, (credentialId) => state.passkeyRefusals.hasAny([credentialId], input.now)),
  )
}

const isRefused = (state: SubjectState, credentialId: string, now: number): boolean =>
  state.passkeyRefusals.hasAny([credentialId, everyPasskey], now)

interface RefusedUse {
  readonly copy: AccountCopy
  readonly passkey: CopiedPasskey
  readonly shown: VerifiedAssertion
  readonly use: Extract<ReturnType<typeof decidePasskeyUse>, { status: 'refused' }>
}

function refuseUse(
  state: SubjectState,
  input: PasskeyAttempt,
  { copy, passkey, shown, use }: RefusedUse,
): AttemptedPasskey {
  if (use.reason === 'not_verified') return refuse(state, input, 'refused')
  count('authly_passkey_verifications_total', 1, use.reason === 'counter' ? 'counter_regressed' : 'refused')
  const { credential_id } = passkey
  if (use.reason === 'counter') {
    const { sign_count } = use
    state.accountCopy.put(withUse(copy, { ...passkey, sign_count, used_at: input.now }))
  }
  state.record(
    createEvent('passkey.refused', input.now, input.origin, {
      ...{ outcome: 'failure', actor_type: 'anonymous', user_id: input.user_id },
      ...{ entity_type: 'passkey', entity_id: credential_id },
      data: {
        reason: use.reason,
        sign_count: shown.sign_count,
        known_sign_count: passkey.sign_count,
      },
    }),
  )
  return { status: 'refused', reason: 'refused' }
}

function refuse(state: SubjectState, input: PasskeyAttempt, reason: PasskeyRefusal): AttemptedPasskey {
  count('authly_passkey_verifications_total', 1, 'refused')
  state.record(
    createEvent('login.failed', input.now, input.origin, {
      ...{ outcome: 'failure', actor_type: 'anonymous', user_id: input.user_id },
      data: { method: 'passkey' },
    }),
  )
  return { status: 'refused', reason }
}
