/** A person adds a passkey, on the account page or after a sign-in: what both ask the browser for, and what both store. */
import type { Origin } from '../audit/event.ts'
import type { SecondFactors } from '../authentication/sign-in-state.ts'
import { describeDevice } from '../pages/describe-device.ts'
import { creationOptions, type PasskeyNeeds, registerPasskey } from '../passkeys/register-passkey.ts'
import type { Parameters } from '../protocol/parameters.ts'
import type { LiveSession } from '../sessions/session.ts'
import type { Settings } from '../settings/settings.ts'
import type { User } from '../users/user.ts'
import { passkeyUser } from './passkey-user.ts'

type Registering = Pick<LiveSession, 'user_id' | 'session_id'>

/**
 * Options for the browser of this session's person.
 * @param input.conditional see `creationOptions`
 */
export const ownCreationOptions = (
  needs: Pick<PasskeyNeeds, 'config' | 'root' | 'now' | 'passkeyStore'>,
  {
    session,
    user,
    settings,
    conditional = false,
  }: {
    readonly session: Registering
    readonly user: User
    readonly settings: Settings
    readonly conditional?: boolean
  },
): ReturnType<typeof creationOptions> =>
  creationOptions(needs, {
    ...{ user_id: session.user_id, session_id: session.session_id, settings, conditional },
    ...passkeyUser(user),
    rp_name: new URL(needs.config.issuer).hostname,
  })

/** Stores the passkey that the form brings; named after its browser where its authenticator has no known name. */
export const addOwnPasskey = (
  needs: PasskeyNeeds,
  {
    session,
    judged,
    form,
    settings,
    origin,
  }: {
    readonly session: Registering
    /** What this session was fresh enough for. */
    readonly judged: SecondFactors
    readonly form: Parameters
    readonly settings: Settings
    readonly origin: Origin
  },
): ReturnType<typeof registerPasskey> =>
  registerPasskey(needs, {
    ...{ user_id: session.user_id, session_id: session.session_id, settings, judged, origin },
    registration: form.get('registration'),
    credential: form.get('credential'),
    fallback_name: describeDevice(origin.user_agent) ?? 'Passkey',
  })
