/** People with passkeys, put straight into Postgres, and sign-ins with them at the hosted pages. */
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import type { RootSecret } from '../../src/kit/root-secret.ts'
import { makePasskey, readOptions } from '../passkeys/make-passkey.ts'
import type {
  AuthenticatorOptions,
  GetOverrides,
  SoftwareAuthenticator,
} from '../passkeys/software-authenticator.ts'
import type { Seed } from './seed.ts'
import type { Page, UserAgent } from './user-agent.ts'

/** Browsers know passkeys for domains only: an issuer on an address asks for those of this one. */
export const passkeyDomain = 'localhost'

/** For the start of a server: settings are cached from its first request on. */
export const passkeySettings = { 'passkeys.rp_id': passkeyDomain }

/** Gives somebody a passkey. @param root of the server */
export async function seedPasskey(
  seed: Seed,
  root: RootSecret,
  userId: string,
  options: AuthenticatorOptions = {},
): Promise<SoftwareAuthenticator> {
  const { authenticator, passkey } = await makePasskey(root, userId, passkeyDomain, options)
  await seed.database.query(
    `INSERT INTO passkeys (credential_id, user_id, rp_id, public_key, sign_count, transports, aaguid, name,
       backup_eligible, backed_up, attestation_format) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[passkey.credential_id, userId, passkey.rp_id, passkey.public_key, passkey.sign_count],
      ...[passkey.transports, passkey.aaguid, passkey.name, passkey.backup_eligible, passkey.backed_up],
      passkey.attestation_format,
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
  if (!form) throw new Error(`no passkey is asked for: ${page.status} ${page.text}`)
  const options = readOptions<PublicKeyCredentialRequestOptionsJSON>(page.body)
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
