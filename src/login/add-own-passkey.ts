/** A person adds a passkey, on the account page, in a sign-in or after one: what all ask the browser for, and store. */
import type { Origin } from '../audit/event.ts'
import type { SecondFactors } from '../authentication/sign-in-state.ts'
import { describeDevice } from '../kit/describe-device.ts'
import {
  type CreationWishes,
  creationOptions,
  type PasskeyAnswer,
  type PasskeyNeeds,
  registerPasskey,
} from '../passkeys/register-passkey.ts'
import type { Parameters } from '../protocol/parameters.ts'
import type { LiveSession } from '../sessions/session.ts'
import type { Settings } from '../settings/settings.ts'
import type { User } from '../users/user.ts'
import { passkeyUser } from './passkey-user.ts'

/** Options for the browser of somebody signed in or signing in (`creationOptions`). */
export const ownCreationOptions = (
  needs: Pick<PasskeyNeeds, 'config' | 'root' | 'now' | 'passkeyStore'>,
  {
    asked_by,
    user,
    settings,
    ...wishes
  }: {
    readonly asked_by: string
    readonly user: User
    readonly settings: Settings
  } & CreationWishes,
): ReturnType<typeof creationOptions> =>
  creationOptions(needs, {
    ...{ user_id: user.id, asked_by, settings, ...wishes },
    ...passkeyUser(user),
    rp_name: settings['branding.name'],
  })

/** What the form brings; the passkey is named after its browser where its authenticator has no known name. */
export const passkeyAnswerIn = (
  form: Parameters,
  answer: Omit<PasskeyAnswer, 'registration' | 'credential' | 'fallback_name'>,
): PasskeyAnswer => ({
  ...answer,
  registration: form.get('registration'),
  credential: form.get('credential'),
  fallback_name: describeDevice(answer.origin.user_agent) ?? 'Passkey',
})

/** Stores the passkey that the form brings, for a signed-in person. */
export const addOwnPasskey = (
  needs: PasskeyNeeds,
  {
    session: { user_id, session_id },
    form,
    ...answer
  }: {
    readonly session: Pick<LiveSession, 'user_id' | 'session_id'>
    /** What this session was fresh enough for. */
    readonly judged: SecondFactors
    readonly form: Parameters
    readonly settings: Settings
    readonly origin: Origin
  },
): ReturnType<typeof registerPasskey> =>
  registerPasskey(needs, passkeyAnswerIn(form, { ...answer, user_id, asked_by: session_id }))
