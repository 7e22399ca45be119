/**
 * The end of a password sign-in: the failure counter decides, then the session begins. Lock-out after failures applies
 * to passwords only, so it is here; other authentication methods begin their session without it.
 */
import { createEvent } from '../audit/create-event.ts'
import { passwordProof } from '../authentication/factor-proofs.ts'
import { advanceSignIn, beginPending } from './advance-sign-in.ts'
import { countDeviceFailure, decideOnDevice, findKnownDevice } from './known-device.ts'
import { decideLogin } from './lock-out.ts'
import type { RecordedLogin, RecordLogin } from './record-login-types.ts'
import type { StoredDevice, SubjectState } from './subject-state.ts'

/**
 * Records an attempt whose password has already been verified. Attempts are sequential, so parallel guessing gains
 * nothing.
 */
export function recordLogin(state: SubjectState, input: RecordLogin): RecordedLogin {
  // The verification may be outdated: the account disabled or deleted, or the password changed.
  const isOutdated = input.read_at !== undefined && input.read_at < state.allEnded.at
  if (isOutdated && input.password_ok) return { status: 'refused' }
  const device = findKnownDevice(state, input)
  return device ? recordOnDevice(state, input, device) : recordElsewhere(state, input)
}

/** The account's own counter is neither checked nor changed: failures elsewhere do not affect the device. */
function recordOnDevice(state: SubjectState, input: RecordLogin, device: StoredDevice): RecordedLogin {
  const decision = decideOnDevice(device.failures, input.password_ok)
  if (decision.status === 'accepted') {
    return acceptPassword(state, input, device)
  }
  recordFailure(state, 'login.failed', input, { failures: decision.failures, known_device: true })
  countDeviceFailure(state, device, decision, input)
  return { status: 'refused' }
}

function recordElsewhere(state: SubjectState, input: RecordLogin): RecordedLogin {
  const attempts = state.attempts.find(input.identifier_hash)
  const decision = decideLogin(attempts, input.password_ok, input.now)
  switch (decision.status) {
    case 'locked':
      recordFailure(state, 'login.locked', input, { retry_after_seconds: decision.retry_after_seconds })
      return decision
    case 'refused':
      state.attempts.put(input.identifier_hash, decision.attempts)
      recordFailure(state, 'login.failed', input, { failures: decision.attempts.failures })
      return { status: 'refused' }
    case 'accepted':
      if (attempts) state.attempts.delete(input.identifier_hash)
      return acceptPassword(state, input, undefined)
  }
}

function acceptPassword(
  state: SubjectState,
  input: RecordLogin,
  device: StoredDevice | undefined,
): RecordedLogin {
  const pending = beginPending(state, input, input.pending, device)
  const proof = { ...passwordProof, step: 'password', at: input.now }
  return advanceSignIn(state, input, pending, { proof }, device)
}

function recordFailure(
  state: SubjectState,
  type: 'login.failed' | 'login.locked',
  input: RecordLogin,
  data: Readonly<Record<string, unknown>>,
): void {
  state.record(
    createEvent(type, input.now, input.origin, {
      outcome: 'failure',
      actor_type: 'anonymous',
      user_id: input.user_id,
      data: { method: 'password', ...data },
    }),
  )
}
