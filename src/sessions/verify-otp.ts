/**
 * The step of a sign-in that takes a one-time password. The seeds were read with the password and lie sealed in the
 * pending sign-in, so this asks nobody else.
 */
import { createEvent } from '../audit/create-event.ts'
import { otpProof } from '../authentication/factor-proofs.ts'
import { checkCode, type MatchedCode } from '../one-time-passwords/check-code.ts'
import type { OtpTolerance } from '../one-time-passwords/match-code.ts'
import { type Advanced, advanceSignIn } from './advance-sign-in.ts'
import type { LostSignIn } from './continue-sign-in.ts'
import { countWrongCode } from './count-wrong-code.ts'
import type { VerifyNeeds } from './define-rule.ts'
import { countDeviceFailure, type DeviceDecision, decideOnDevice, findKnownDevice } from './known-device.ts'
import { decideLogin, type LoginDecision } from './lock-out.ts'
import { findPending, type OwnerOfPending, type PendingProof, type PendingSignIn } from './pending-sign-in.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { StoredDevice, SubjectState } from './subject-state.ts'

const step = 'totp'
/**
 * Wrong codes are also counted for the account, where the device is not known. Attack: who knows the password begins one
 * sign-in after another, five guesses in each.
 */
const counter = 'one-time passwords'

export interface VerifyOtp extends SignInAttempt {
  readonly pending: PendingProof
  /** As `readTypedCode` returns it. */
  readonly code: string
  readonly tolerance: OtpTolerance
}

export type VerifiedOtp =
  /** `spent`: the counter of a token, which Postgres should know too. */
  | (Advanced &
      OwnerOfPending & { readonly spent?: { readonly otp_id: string; readonly counter: number } | undefined })
  /** `used`: the code is right, and was accepted before. */
  | { readonly status: 'refused'; readonly reason: 'wrong' | 'used' }
  | { readonly status: 'locked'; readonly retry_after_seconds: number }
  | LostSignIn

export async function verifyOtp(
  state: SubjectState,
  { root }: VerifyNeeds,
  input: VerifyOtp,
): Promise<(state: SubjectState) => VerifiedOtp> {
  const pending = findPending(state, input.pending, input.now)
  if (!pending) return () => ({ status: 'lost' })
  const { code: typed, now, tolerance } = input
  const generators = withOwnCounters(state, pending)
  const matched = await checkCode(root, generators, { typed, now, tolerance })
  return (later) => decide(later, input, matched)
}

/** The object knows a token's counter before Postgres does. */
function withOwnCounters(state: SubjectState, { otp_seeds }: PendingSignIn): PendingSignIn['otp_seeds'] {
  const uses = new Map(state.otpUses.all().map(({ otp_id, step: used }) => [otp_id, used]))
  return otp_seeds.map((seed) =>
    seed.kind === 'hotp'
      ? { ...seed, counter: Math.max(seed.counter ?? 0, (uses.get(seed.id) ?? -1) + 1) }
      : seed,
  )
}

/** Parallel submissions are decided one after the other, each on what the one before has left. */
function decide(state: SubjectState, input: VerifyOtp, matched: readonly MatchedCode[]): VerifiedOtp {
  const { now } = input
  const pending = findPending(state, input.pending, now)
  if (!pending) return { status: 'lost' }
  const device = findKnownDevice(state, input)
  const counted = countAttempt(state, input, device, matched.length > 0)
  if (counted.status === 'locked') return counted
  if (counted.status === 'refused') return refuse(state, input, pending)
  const spent = matched.find(({ generator, counter: at }) =>
    state.otpUses.spend({ otp_id: generator.id, step: at, used_at: now }),
  )
  if (!spent) return refuse(state, input, pending, matched[0])
  if (!device && state.attempts.find(counter)) state.attempts.delete(counter)
  const proof = { ...otpProof, step, at: now }
  const { account, identifier_macs } = pending
  const advanced = {
    ...advanceSignIn(state, input, pending, { proof }, device),
    ...{ account, identifier_macs },
  }
  const { generator } = spent
  return generator.kind === 'hotp'
    ? { ...advanced, spent: { otp_id: generator.id, counter: spent.counter } }
    : advanced
}

/**
 * Counts a wrong code, as a wrong password is counted: on a known device for the device alone. Attack: who knows the
 * password keeps the owner out by guessing on purpose.
 */
function countAttempt(
  state: SubjectState,
  input: VerifyOtp,
  device: StoredDevice | undefined,
  isRight: boolean,
): Pick<DeviceDecision, 'status'> | Extract<LoginDecision, { readonly status: 'locked' }> {
  if (device) {
    const decision = decideOnDevice(device.failures, isRight)
    if (decision.status === 'refused') countDeviceFailure(state, device, decision, input)
    return decision
  }
  const decision = decideLogin(state.attempts.find(counter), isRight, input.now)
  if (decision.status === 'refused') state.attempts.put(counter, decision.attempts)
  return decision
}

/** @param used the generator whose code was accepted before */
function refuse(
  state: SubjectState,
  input: VerifyOtp,
  pending: PendingSignIn,
  used?: MatchedCode,
): VerifiedOtp {
  const { now, origin, user_id } = input
  const replayed =
    used &&
    createEvent('otp.replayed', now, origin, {
      ...{ outcome: 'failure', actor_type: 'anonymous', user_id },
      ...{ entity_type: 'otp', entity_id: used.generator.id },
    })
  const status = countWrongCode(state, input, pending, step, replayed)
  return status === 'lost' ? { status } : { status, reason: used ? 'used' : 'wrong' }
}
