/** A passkey as registration would store it, without its pages: for tests that put it into Postgres themselves. */
import type { RootSecret } from '../../src/kit/root-secret.ts'
import { creationRequest, newChallenge } from '../../src/passkeys/ceremony-options.ts'
import type { NewPasskey } from '../../src/passkeys/passkey.ts'
import { readRegistration } from '../../src/passkeys/read-credential.ts'
import { userHandleOf } from '../../src/passkeys/user-handle.ts'
import { verifyRegistration } from '../../src/passkeys/verify-registration.ts'
import {
  type AuthenticatorOptions,
  createSoftwareAuthenticator,
  type SoftwareAuthenticator,
} from './software-authenticator.ts'

export interface MadePasskey {
  readonly authenticator: SoftwareAuthenticator
  readonly passkey: NewPasskey
}

/** @param root of the server, whose tag the user handle carries */
export async function makePasskey(
  root: RootSecret,
  userId: string,
  rpId: string,
  options: AuthenticatorOptions = {},
): Promise<MadePasskey> {
  const authenticator = createSoftwareAuthenticator(options)
  const origin = `https://${rpId}`
  const challenge = newChallenge()
  const request = creationRequest({
    ...{ relyingParty: { rp_id: rpId }, rp_name: 'Test', challenge, existing: [], attestation: 'none' },
    ...{ user_handle: await userHandleOf(root, userId), user_name: 'x', display_name: 'x' },
  })
  const response = readRegistration(JSON.stringify(await authenticator.create(request, { origin })))
  if (!response) throw new Error('the registration is not well-formed')
  const expected = { challenge, rp_id: rpId, origins: [origin], conditional: false }
  const anyAuthenticator = { 'passkeys.allowed_aaguids': [], 'passkeys.attestation_roots': [] }
  const made = await verifyRegistration(response, expected, anyAuthenticator)
  if (!made.ok) throw new Error(made.error)
  return { authenticator, passkey: { ...made.value, user_id: userId, name: 'Test' } }
}

/** The options in a page that asks for a passkey, or for a new one. */
export function readOptions<Options>(html: string, kind: 'get' | 'create' = 'get'): Options {
  const encoded = new RegExp(`data-passkey="${kind}"[^>]*data-options="([^"]*)"`).exec(html)?.[1]
  if (encoded === undefined) throw new Error('no passkey is asked for')
  return JSON.parse(encoded.replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as Options
}
