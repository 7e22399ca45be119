/** What every call to the person's object brings that proves something, and what its answer means to the browser. */
import { type DeviceHandle, type NewDevice, newDevice, sealDevice } from '../../interaction/device-cookie.ts'
import { issueRememberedHandle, rememberedProofOf } from '../../interaction/remembered-cookie.ts'
import { issueSessionHandle } from '../../interaction/session-cookie.ts'
import { randomToken, uuidv7 } from '../../kit/ids.ts'
import type { Advanced } from '../../sessions/advance-sign-in.ts'
import type { LostSignIn } from '../../sessions/continue-sign-in.ts'
import type { DeviceProof } from '../../sessions/device-types.ts'
import { lifetimeOf, sessionLimitOf } from '../../sessions/session-lifetime.ts'
import type { SignInAttempt } from '../../sessions/sign-in-attempt.ts'
import { wantsToBeRemembered } from '../remember-device.tsx'
import type { SignInHandles, StepAttempt, StepNeeds, StepOutcome } from './step.ts'

interface Person {
  readonly user_id: string
  /** MACs of the account's identifiers (`identifierMac`). */
  readonly identifierMacs: readonly string[]
}

export interface SignInCall {
  readonly handles: SignInHandles
  /** Input of the rule, besides what is the step's own. */
  readonly input: SignInAttempt
}

/** A call whose answer names the account: only the object knows the identifiers of who signs in. */
export interface UnnamedCall {
  readonly handles: Omit<SignInHandles, 'device'> & { readonly device: NewDevice }
  readonly input: SignInAttempt
}

/**
 * Ids and secrets are always new, so that a session planted before the sign-in stays worthless (session fixation).
 * @param makesRoom the person decided that the session used longest ago ends for this one
 */
export async function prepareUnnamedCall(
  needs: Pick<StepNeeds, 'root' | 'now' | 'config'>,
  attempt: StepAttempt,
  user_id: string,
  makesRoom = false,
): Promise<UnnamedCall> {
  const { root } = needs
  const now = needs.now()
  const { browser, settings, policy, origin } = attempt
  const session_id = uuidv7(now)
  const days = wantsToBeRemembered(attempt.form) ? policy.remember_device_days : 0
  const [session, device, remembered] = await Promise.all([
    issueSessionHandle(root, { user_id, session_id }),
    newDevice({ user_id, device_id: uuidv7(now), now }),
    days > 0 ? issueRememberedHandle(root, { user_id, days, now }) : undefined,
  ])
  const pending = attempt.progress.pending ?? { user_id, pending_id: uuidv7(now), secret_hash: randomToken() }
  const shown = browser.devices.find(({ routing }) => routing.user_id === user_id)
  const { previous } = browser
  return {
    handles: { session: session.handle, device, remembered, pending },
    input: {
      ...{ now, user_id, origin },
      session: {
        ...{ session_id, secret_hash: session.secretHash, password_change_required: false },
        ...lifetimeOf(settings, needs.config),
      },
      limit: sessionLimitOf(settings, makesRoom),
      replaces_session_id: previous?.user_id === user_id ? previous.session_id : undefined,
      device: {
        presented: shown && proofOf(shown),
        next: { device_id: device.routing.device_id, secret_hash: device.secret.secretHash },
      },
      remembered: rememberedProofOf(browser.remembered, user_id),
      remember_second_factor: remembered && {
        ...{ remembered_id: remembered.routing.remembered_id, secret_hash: remembered.secretHash, days },
      },
    },
  }
}

/** Like `prepareUnnamedCall`, for an account that is known. */
export async function prepareCall(
  needs: Pick<StepNeeds, 'root' | 'now' | 'config'>,
  attempt: StepAttempt,
  { user_id, identifierMacs }: Person,
  makesRoom = false,
): Promise<SignInCall> {
  return nameCall(needs, await prepareUnnamedCall(needs, attempt, user_id, makesRoom), identifierMacs)
}

/** Like `prepareCall`, for a sign-in whose first factor is proven. `undefined` when there is none. */
export async function prepareNextCall(
  needs: Pick<StepNeeds, 'root' | 'now' | 'config'>,
  attempt: StepAttempt,
  makesRoom = false,
): Promise<SignInCall | undefined> {
  const { pending } = attempt
  if (!pending) return undefined
  const person = { user_id: pending.user_id, identifierMacs: pending.identifier_macs }
  return prepareCall(needs, attempt, person, makesRoom)
}

/** The device cookie gets the identifiers that the object answered. */
export async function nameCall(
  { root }: Pick<StepNeeds, 'root'>,
  { handles, input }: UnnamedCall,
  identifierMacs: readonly string[],
): Promise<SignInCall> {
  const device = await sealDevice(root, handles.device, identifierMacs)
  return { handles: { ...handles, device }, input }
}

/** The outcome of a step whose call was answered. */
export function outcomeOf(
  needs: Pick<StepNeeds, 'sessionsOf'>,
  { browser: { previous }, origin, pending }: StepAttempt,
  { handles, input: { now, user_id } }: SignInCall,
  answer: Advanced | LostSignIn,
  more: Partial<Pick<Extract<StepOutcome, { status: 'done' }>, 'afterwards' | 'account'>> = {},
): StepOutcome {
  if (answer.status === 'lost') return answer
  const afterwards = [...(more.afterwards ?? [])]
  if (answer.status === 'signed_in' && previous && previous.user_id !== user_id) {
    const { session_id } = previous
    afterwards.push(
      needs.sessionsOf(previous.user_id).endSession({ now, session_id, origin, reason: 'replaced' }),
    )
  }
  const account = more.account ?? pending?.account
  return { status: 'done', advanced: answer, handles, account, afterwards }
}

const proofOf = ({ routing, secretHash }: DeviceHandle): DeviceProof => ({
  device_id: routing.device_id,
  secret_hash: secretHash,
})
