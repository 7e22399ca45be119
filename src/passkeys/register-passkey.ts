/** A signed-in person makes a passkey: the options for the browser, and what it answers. */
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import { createEvent } from '../audit/create-event.ts'
import type { EventActor, Origin } from '../audit/event.ts'
import type { SecondFactors } from '../authentication/sign-in-state.ts'
import type { Clock } from '../kit/clock.ts'
import { singleLinePattern } from '../kit/patterns.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { authenticatorName } from './aaguids.ts'
import { ceremonyMs, creationRequest, newChallenge } from './ceremony-options.ts'
import {
  maxPasskeyNameLength,
  maxPasskeys,
  type NewPasskey,
  type Passkey,
  type PasskeyStore,
} from './passkey.ts'
import { readRegistration } from './read-credential.ts'
import { type PasskeySettings, relyingPartyOf } from './relying-party.ts'
import { userHandleOf } from './user-handle.ts'
import { attestationOf, type RegistrationRefusal, verifyRegistration } from './verify-registration.ts'

/** The calls of a person's object that keep its copy of their passkeys right (`src/sessions/`). */
export interface PasskeyObject {
  /** @returns whether this was the first use of the challenge */
  spendInteraction(input: { readonly interaction_id: string; readonly expires_at: number }): Promise<boolean>
  learnPasskey(input: {
    readonly now: number
    readonly user_id: string
    readonly origin: Origin
    readonly passkey: NewPasskey
  }): Promise<unknown>
  refusePasskeys(input: {
    readonly now: number
    readonly user_id: string
    readonly credential_ids: readonly string[] | 'all'
    readonly origin: Origin
    readonly by?: EventActor | undefined
    readonly except_session_id?: string | undefined
  }): Promise<unknown>
  readmitPasskeys(input: {
    readonly refused_at: number
    readonly credential_ids: readonly string[]
  }): Promise<unknown>
}

export interface PasskeyNeeds {
  readonly config: { readonly issuer: string }
  readonly root: RootSecret
  readonly now: Clock
  readonly passkeyStore: PasskeyStore
  readonly sessionsOf: (userId: string) => PasskeyObject
}

/** Sealed into the page: who may answer, to what, and until when. */
interface Registration {
  readonly challenge: string
  readonly user_id: string
  readonly asked_by: string
  readonly rp_id: string
  readonly conditional: boolean
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
}

const purpose = 'passkey registration'

/** Someone who has just proven who they are. */
export interface Registrant {
  readonly user_id: string
  /** Id of the session, or of the sign-in in progress, that asks: the answer counts there alone. */
  readonly asked_by: string
}

export interface CreationWishes {
  /** The passkeys of this person, where they are known already. */
  readonly existing?: readonly Pick<Passkey, 'credential_id' | 'transports'>[] | undefined
  /** The browser may make it without asking, after a sign-in with a password (conditional create). */
  readonly conditional?: boolean | undefined
  /** Only one whose key cannot leave its authenticator is of use: security keys are shown first. */
  readonly device_bound?: boolean | undefined
}

export type CreationRefusal =
  /** The issuer has no domain. */
  | 'unsupported'
  /** `maxPasskeys` exist. */
  | 'full'

/**
 * Options for `navigator.credentials.create`, and the sealed `registration` that the form must send back with what the
 * browser answers. At most one round trip to Postgres.
 * @param input.user_name tells accounts apart in the browser's list: the username or e-mail address
 */
export async function creationOptions(
  needs: Pick<PasskeyNeeds, 'config' | 'root' | 'now' | 'passkeyStore'>,
  input: Registrant &
    CreationWishes & {
      readonly settings: PasskeySettings
      readonly rp_name: string
      readonly user_name: string
      readonly display_name: string
    },
): Promise<
  Result<
    { readonly options: PublicKeyCredentialCreationOptionsJSON; readonly registration: string },
    CreationRefusal
  >
> {
  const { settings, user_id, asked_by, conditional = false } = input
  const relyingParty = relyingPartyOf(needs.config, settings)
  if (!relyingParty) return err('unsupported')
  const existing = input.existing ?? (await needs.passkeyStore.list(user_id))
  if (existing.length >= maxPasskeys) return err('full')
  const challenge = newChallenge()
  const { rp_id } = relyingParty
  const registration: Registration = {
    ...{ challenge, user_id, asked_by, rp_id, conditional, expires_at: needs.now() + ceremonyMs },
  }
  const options = creationRequest({
    ...{ relyingParty, challenge, existing, rp_name: input.rp_name },
    user_handle: await userHandleOf(needs.root, user_id),
    user_name: input.user_name,
    display_name: input.display_name,
    attestation: attestationOf(settings),
    hints: input.device_bound ? ['security-key'] : undefined,
  })
  return ok({ options, registration: await needs.root.seal(purpose, JSON.stringify(registration)) })
}

export type RegisterRefusal =
  | RegistrationRefusal
  | CreationRefusal
  /** The page is too old, was used before, or belongs to another session or sign-in. */
  | 'expired'
  /** Somebody has this credential already. */
  | 'taken'
  /** Other factors were added or removed meanwhile. */
  | 'changed'
  /** There is no such active account any more. */
  | 'gone'

export interface PasskeyAnswer extends Registrant {
  readonly settings: PasskeySettings
  /** What the account had when it was decided that a passkey may be added. */
  readonly judged: SecondFactors
  readonly registration: string | undefined
  /** `JSON.stringify(credential.toJSON())` */
  readonly credential: string | undefined
  /** What its owner calls it; without one it gets the name of the authenticator, or `fallback_name`. */
  readonly name?: string | undefined
  readonly fallback_name: string
  readonly origin: Origin
}

/** A passkey that was just made. */
export interface StoredPasskey extends NewPasskey {
  /** Whether the authenticator checked who made it. */
  readonly user_verified: boolean
}

/**
 * Stores the passkey that the browser made: Postgres first, the person's object last, so that the object knows only
 * what exists. Two calls of the object and one round trip; whatever fails before the insert changes nothing.
 */
export async function registerPasskey(
  needs: PasskeyNeeds,
  input: PasskeyAnswer,
): Promise<Result<NewPasskey, RegisterRefusal>> {
  const stored = await storeNewPasskey(needs, input)
  if (!stored.ok) return stored
  const { user_id, origin } = input
  const passkey = stored.value
  // The object reads Postgres itself when somebody signs in with a passkey that it does not know.
  const tell = () => needs.sessionsOf(user_id).learnPasskey({ now: needs.now(), user_id, origin, passkey })
  // Idempotent, so retried if the object has moved.
  await tell()
    .catch(tell)
    .catch(() => undefined)
  return stored
}

/** The same without its last call: the caller must tell the person's object. */
export async function storeNewPasskey(
  needs: PasskeyNeeds,
  input: PasskeyAnswer,
): Promise<Result<StoredPasskey, RegisterRefusal>> {
  const verified = await verifyNewPasskey(needs, input)
  if (!verified.ok) return verified
  const passkey = verified.value
  const event = passkeyCreated(passkey, needs.now(), input.origin)
  const stored = await needs.passkeyStore.insert(passkey, input.judged, event)
  return stored === 'stored' ? ok(passkey) : err(stored)
}

/** What the browser made, verified, and its challenge used up; nothing is stored yet. One call of the person's object. */
export async function verifyNewPasskey(
  needs: Pick<PasskeyNeeds, 'config' | 'root' | 'now' | 'sessionsOf'>,
  input: Omit<PasskeyAnswer, 'judged'>,
): Promise<Result<StoredPasskey, RegisterRefusal>> {
  const { settings, user_id } = input
  const registration = await openRegistration(needs.root, input, needs.now())
  if (!registration) return err('expired')
  const relyingParty = relyingPartyOf(needs.config, settings)
  if (!relyingParty) return err('unsupported')
  const response = readRegistration(input.credential)
  if (!response) return err('invalid')
  const { challenge, rp_id, conditional, expires_at } = registration
  const expected = { challenge, rp_id, conditional, origins: relyingParty.origins }
  const verified = await verifyRegistration(response, expected, settings)
  if (!verified.ok) return verified
  const name = readPasskeyName(input.name) ?? authenticatorName(verified.value.aaguid) ?? input.fallback_name
  const object = needs.sessionsOf(user_id)
  if (!(await object.spendInteraction({ interaction_id: challengeUse(challenge), expires_at }))) {
    return err('expired')
  }
  return ok({ ...verified.value, user_id, name })
}

/** Under what id the use of a challenge is remembered, apart from the interactions in the same table. */
export const challengeUse = (challenge: string): string => `passkey:${challenge}`

async function openRegistration(
  root: RootSecret,
  input: Registrant & { readonly registration: string | undefined },
  now: number,
): Promise<Registration | undefined> {
  const json = input.registration && (await root.open(purpose, input.registration))
  if (!json) return undefined
  const registration = JSON.parse(json) as Registration
  const isTheirs = registration.user_id === input.user_id && registration.asked_by === input.asked_by
  return isTheirs && now < registration.expires_at ? registration : undefined
}

export const passkeyCreated = (passkey: NewPasskey, now: number, origin: Origin) =>
  createEvent('passkey.created', now, origin, {
    ...{ outcome: 'success', actor_type: 'user', actor_id: passkey.user_id, user_id: passkey.user_id },
    ...{ entity_type: 'passkey', entity_id: passkey.credential_id },
    data: {
      rp_id: passkey.rp_id,
      aaguid: passkey.aaguid,
      backup_eligible: passkey.backup_eligible,
      attestation_format: passkey.attestation_format,
    },
  })

/** The name as it is stored: one line without outer white space; `undefined` for what cannot be one. */
export function readPasskeyName(typed: string | undefined): string | undefined {
  const name = typed?.trim()
  const isName = name !== undefined && name !== '' && name.length <= maxPasskeyNameLength
  return isName && new RegExp(singleLinePattern).test(name) ? name : undefined
}
