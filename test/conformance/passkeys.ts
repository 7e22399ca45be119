/** People with passkeys, put straight into Postgres, and sign-ins with them at the hosted pages. */
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import type { RootSecret } from '../../src/kit/root-secret.ts'
import { creationRequest, newChallenge } from '../../src/passkeys/ceremony-options.ts'
import { readRegistration } from '../../src/passkeys/read-credential.ts'
import { userHandleOf } from '../../src/passkeys/user-handle.ts'
import { verifyRegistration } from '../../src/passkeys/verify-registration.ts'
import {
  type AuthenticatorOptions,
  createSoftwareAuthenticator,
  type GetOverrides,
  type SoftwareAuthenticator,
} from '../passkeys/software-authenticator.ts'
import type { Seed } from './seed.ts'
import type { Page, UserAgent } from './user-agent.ts'

const origin = 'http://localhost'

/** Browsers know passkeys for domains only: an issuer on an address asks for those of this one. */
export const passkeyDomain = 'localhost'

/** Must come before the first sign-in: settings are cached. */
export const usePasskeyDomain = (seed: Seed) =>
  seed.database.query(`INSERT INTO settings (name, value) VALUES ('passkeys.rp_id', $1)`, [
    JSON.stringify(passkeyDomain),
  ])

/** Gives somebody a passkey. @param root of the server, whose tag their user handle carries */
export async function seedPasskey(
  seed: Seed,
  root: RootSecret,
  userId: string,
  options: AuthenticatorOptions = {},
): Promise<SoftwareAuthenticator> {
  const authenticator = createSoftwareAuthenticator(options)
  const challenge = newChallenge()
  const request = creationRequest({
    ...{ relyingParty: { rp_id: passkeyDomain }, rp_name: 'Test', challenge, existing: [] },
    ...{ user_handle: await userHandleOf(root, userId), user_name: 'x', display_name: 'x' },
    attestation: 'none',
  })
  const response = readRegistration(JSON.stringify(await authenticator.create(request, { origin })))
  if (!response) throw new Error('the registration is not well-formed')
  const expected = { challenge, rp_id: passkeyDomain, origins: [origin], conditional: false }
  const anyAuthenticator = { 'passkeys.allowed_aaguids': [], 'passkeys.attestation_roots': [] }
  const made = await verifyRegistration(response, expected, anyAuthenticator)
  if (!made.ok) throw new Error(made.error)
  const { value } = made
  await seed.database.query(
    `INSERT INTO passkeys (credential_id, user_id, rp_id, public_key, sign_count, transports, aaguid, name,
       backup_eligible, backed_up, attestation_format) VALUES ($1, $2, $3, $4, $5, $6, $7, 'Test', $8, $9, $10)`,
    [
      ...[value.credential_id, userId, value.rp_id, value.public_key, value.sign_count],
      ...[value.transports, value.aaguid, value.backup_eligible, value.backed_up, value.attestation_format],
    ],
  )
  return authenticator
}

/** The form of a page that asks for a passkey, and what its script would put into it. */
export async function answerWithPasskey(
  page: Page,
  authenticator: SoftwareAuthenticator,
  overrides: Partial<GetOverrides> = {},
) {
  const form = page.forms.find((each) => each.fields.some(([name]) => name === 'credential'))
  const encoded = /data-passkey="get"[^>]*data-options="([^"]*)"/.exec(page.body)?.[1]
  if (!form || encoded === undefined) throw new Error(`no passkey is asked for: ${page.status} ${page.text}`)
  const options = JSON.parse(
    encoded.replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
  ) as PublicKeyCredentialRequestOptionsJSON
  const credential = await authenticator.get(options, { origin: page.url.origin, ...overrides })
  return { form, options, input: { credential: JSON.stringify(credential) } }
}

/** Opens an authorization request and signs in with a passkey. @returns the page it ends on */
export async function signInWithPasskey(
  agent: UserAgent,
  authorizationUrl: string | URL,
  redirectUri: string,
  authenticator: SoftwareAuthenticator,
): Promise<Page> {
  const isCallback = (url: URL) => url.href.split(/[?#]/)[0] === redirectUri
  const page = await agent.open(authorizationUrl, isCallback)
  const { form, input } = await answerWithPasskey(page, authenticator)
  return agent.submit(page, form, input, isCallback)
}
