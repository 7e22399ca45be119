/** A person with passkeys in Postgres and their real object, and attempts to sign in. */
import { users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { newChallenge, requestOptions } from '../../src/passkeys/ceremony-options.ts'
import { createPasskeyStore } from '../../src/passkeys/passkeys.store.ts'
import { readAssertion } from '../../src/passkeys/read-credential.ts'
import { creationOptions, registerPasskey } from '../../src/passkeys/register-passkey.ts'
import type { PasskeySettings } from '../../src/passkeys/relying-party.ts'
import type { SignInWithPasskey } from '../../src/sessions/sign-in-with-passkey.ts'
import { testDatabase } from '../fakes/database.ts'
import { sessionsOf } from '../sessions/object-subject.ts'
import {
  type AuthenticatorOptions,
  createSoftwareAuthenticator,
  type GetOverrides,
  type SoftwareAuthenticator,
} from './software-authenticator.ts'

export const issuer = 'https://login.example'
export const rpId = 'login.example'
export const noSettings: PasskeySettings = {
  'passkeys.rp_id': null,
  'passkeys.related_origins': [],
  'passkeys.allowed_aaguids': [],
  'passkeys.attestation_roots': [],
  'passkeys.counter_regression': 'refuse',
}
export const origin = { ip: '192.0.2.7', user_agent: 'test', request_id: 'request-1' }
export const root = createRootSecret('A'.repeat(43))

export const needs = {
  config: { issuer },
  root,
  now: Date.now,
  get passkeyStore() {
    return createPasskeyStore(testDatabase())
  },
  sessionsOf,
}

export const createUser = async (): Promise<string> => {
  const id = uuidv7()
  await testDatabase().insert(users).values({ id, username: id })
  return id
}

/** What the account page judges by. */
export const factorsOf = async (userId: string) => ({
  passkeys: (await needs.passkeyStore.list(userId)).length,
  otp: 0,
})

/** Makes a passkey as the account page does. */
export async function addPasskey(
  userId: string,
  authenticator: SoftwareAuthenticator,
  settings: PasskeySettings = noSettings,
): Promise<string> {
  const registrant = { user_id: userId, asked_by: 'session-1', settings }
  const created = await creationOptions(needs, {
    ...{ ...registrant, rp_name: 'Test', user_name: 'ann', display_name: 'Ann' },
  })
  if (!created.ok) throw new Error(created.error)
  const { options, registration } = created.value
  const credential = JSON.stringify(await authenticator.create(options, { origin: issuer }))
  const registered = await registerPasskey(needs, {
    ...{ ...registrant, registration, credential, fallback_name: 'Passkey', origin },
    judged: await factorsOf(userId),
  })
  if (!registered.ok) throw new Error(registered.error)
  return registered.value.credential_id
}

export interface Person {
  readonly userId: string
  readonly authenticator: SoftwareAuthenticator
  readonly credentialId: string
}

export async function createPerson(options: AuthenticatorOptions = {}): Promise<Person> {
  const userId = await createUser()
  const authenticator = createSoftwareAuthenticator(options)
  return { userId, authenticator, credentialId: await addPasskey(userId, authenticator) }
}

/** The input of one attempt; each has a challenge of its own. */
export async function attemptOf(
  { userId, authenticator }: Pick<Person, 'userId' | 'authenticator'>,
  overrides: Partial<GetOverrides> = {},
  more: Partial<SignInWithPasskey> = {},
): Promise<SignInWithPasskey> {
  const now = Date.now()
  const challenge = newChallenge()
  const options = requestOptions({ rp_id: rpId }, challenge, 'required')
  const made = await authenticator.get(options, { origin: issuer, ...overrides })
  const assertion = readAssertion(JSON.stringify(made))
  if (!assertion) throw new Error('the assertion is not well-formed')
  return {
    ...{ now, user_id: userId, assertion, origin },
    expected: { challenge, rp_id: rpId, origins: [issuer] },
    challenge_expires_at: now + 300_000,
    counter_regression: 'refuse',
    session: {
      ...{ session_id: uuidv7(), secret_hash: crypto.randomUUID(), password_change_required: false },
      ...{ idle_ttl_seconds: 86_400, absolute_ttl_seconds: 86_400 },
    },
    pending: {
      ...{ pending_id: uuidv7(), secret_hash: 'secret' },
      policy: {
        ...{ passkeys: 'on', passwords: 'on', second_factor: 'optional', because: undefined },
        ...{ required_acr_values: [], wanted_acr_values: [], promote_passkeys: false },
        ...{ remember_device_days: 0, accepts_remembered: false },
      },
      signals: {
        ...{ network: undefined, country: undefined, device_id: undefined, round_trip_ms: undefined },
      },
    },
    ...more,
  }
}
