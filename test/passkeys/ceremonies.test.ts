/** Both ceremonies with an authenticator in software: what is genuine passes, and each lie of it fails. */
import { describe, expect, it } from 'vitest'
import { creationRequest, newChallenge, requestOptions } from '../../src/passkeys/ceremony-options.ts'
import type { NewPasskey } from '../../src/passkeys/passkey.ts'
import { readAssertion, readRegistration } from '../../src/passkeys/read-credential.ts'
import { verifyAssertion } from '../../src/passkeys/verify-assertion.ts'
import { type AttestationPolicy, verifyRegistration } from '../../src/passkeys/verify-registration.ts'
import { createAttestationAuthority } from './attestation-authority.ts'
import {
  type AuthenticatorOptions,
  type CreateOverrides,
  createSoftwareAuthenticator,
  type GetOverrides,
} from './software-authenticator.ts'

const origin = 'https://login.example'
const rp_id = 'login.example'
const origins = [origin, 'https://other.example']
const anyAuthenticator: AttestationPolicy = {
  'passkeys.allowed_aaguids': [],
  'passkeys.attestation_roots': [],
}
const yubikey = 'cb69481e-8ff7-4039-93ec-0a2729a154a8'

async function register(
  input: {
    readonly authenticator?: AuthenticatorOptions
    readonly create?: Partial<CreateOverrides>
    readonly policy?: AttestationPolicy
    readonly conditional?: boolean
  } = {},
) {
  const authenticator = createSoftwareAuthenticator(input.authenticator)
  const challenge = newChallenge()
  const options = creationRequest({
    ...{ relyingParty: { rp_id }, rp_name: 'Example', challenge, user_handle: 'dXNlcg', existing: [] },
    ...{ user_name: 'ann', display_name: 'Ann', attestation: 'none' },
  })
  const made = await authenticator.create(options, { origin, ...input.create })
  const response = readRegistration(JSON.stringify(made))
  if (!response) throw new Error('the registration is not well-formed')
  const expected = { challenge, rp_id, origins, conditional: input.conditional ?? false }
  const verified = await verifyRegistration(response, expected, input.policy ?? anyAuthenticator)
  return { authenticator, verified }
}

async function signIn(
  overrides: Partial<GetOverrides> = {},
  input: { readonly authenticator?: AuthenticatorOptions; readonly change?: (json: string) => string } = {},
) {
  const { authenticator, verified } = await register({ authenticator: input.authenticator ?? {} })
  if (!verified.ok) throw new Error(verified.error)
  const challenge = newChallenge()
  const options = requestOptions({ rp_id }, challenge, 'required')
  const made = JSON.stringify(await authenticator.get(options, { origin, ...overrides }))
  const assertion = readAssertion(input.change?.(made) ?? made)
  if (!assertion) throw new Error('the assertion is not well-formed')
  const passkey: Pick<NewPasskey, 'public_key'> = verified.value
  return verifyAssertion(assertion, { challenge, rp_id, origins }, passkey.public_key)
}

describe('registration', () => {
  it.each(['ES256', 'RS256', 'EdDSA'] as const)('takes a key of %s', async (algorithm) => {
    const { verified } = await register({ authenticator: { algorithm, aaguid: yubikey } })
    expect(verified).toMatchObject({
      ok: true,
      value: { rp_id, aaguid: yubikey, sign_count: 0, backup_eligible: true, attestation_format: 'none' },
    })
  })

  it('takes the origins of the deployment', async () => {
    const { verified } = await register({ create: { origin: 'https://other.example' } })
    expect(verified.ok).toBe(true)
  })

  it('refuses another origin, domain, challenge or page, and one without anybody present', async () => {
    const lies: Partial<CreateOverrides>[] = [
      { origin: 'https://evil.example' },
      { origin: 'http://login.example' },
      { origin: 'https://login.example.evil.example' },
      { rpId: 'evil.example' },
      { challenge: newChallenge() },
      { clientData: { type: 'webauthn.get' } },
      { clientData: { crossOrigin: true } },
      { clientData: { crossOrigin: 'yes' } },
      { clientData: { topOrigin: 'https://evil.example' } },
      { clientData: { challenge: 1 } },
      { userPresent: false },
      { backupEligible: false, backedUp: true },
    ]
    for (const create of lies) {
      const { verified } = await register({ create })
      expect(verified, JSON.stringify(create)).toEqual({ ok: false, error: 'invalid' })
    }
  })

  it('needs nobody present when the browser makes it by itself', async () => {
    const { verified } = await register({ create: { userPresent: false }, conditional: true })
    expect(verified.ok).toBe(true)
  })

  it('does not look at a statement that nothing depends on, so that it makes no request', async () => {
    const strange = async () => ({ fmt: 'android-key', attStmt: new Map([['alg', -7]]) })
    const { verified } = await register({ create: { attestation: strange } })
    expect(verified).toMatchObject({ ok: true, value: { attestation_format: 'none' } })
  })

  it('takes only the models of a list', async () => {
    const policy = { ...anyAuthenticator, 'passkeys.allowed_aaguids': [yubikey] }
    expect((await register({ policy, authenticator: { aaguid: yubikey } })).verified.ok).toBe(true)
    expect((await register({ policy })).verified).toEqual({ ok: false, error: 'not_allowed' })
  })
})

describe('attestation', () => {
  const rooted = (root: string): AttestationPolicy => ({
    'passkeys.allowed_aaguids': [yubikey],
    'passkeys.attestation_roots': [root],
  })

  it('is verified below the root of a manufacturer, whose certificate vouches for the model', async () => {
    const maker = await createAttestationAuthority('Maker')
    const { verified } = await register({
      ...{ policy: rooted(maker.root), authenticator: { aaguid: yubikey } },
      create: { attestation: maker.attest(yubikey) },
    })
    expect(verified).toMatchObject({ ok: true, value: { attestation_format: 'packed', aaguid: yubikey } })
  })

  it('is refused where it proves nothing', async () => {
    const [maker, other] = await Promise.all([
      createAttestationAuthority('Maker'),
      createAttestationAuthority('Other'),
    ])
    const attestations = {
      none: 'none',
      self: 'self',
      'of another root': other.attest(yubikey),
      'of another model': maker.attest('fbfc3007-154e-4ecc-8c0b-6e020557d7bd'),
      'of something else': (signed) => maker.attest(yubikey)(signed.slice(1)),
      'of a format that brings its own root': async (signed) => ({
        ...(await maker.attest(yubikey)(signed)),
        fmt: 'android-key',
      }),
    } satisfies Record<string, CreateOverrides['attestation']>
    for (const [name, attestation] of Object.entries(attestations)) {
      const { verified } = await register({
        ...{ policy: rooted(maker.root), authenticator: { aaguid: yubikey } },
        create: { attestation },
      })
      expect(verified, name).toEqual({ ok: false, error: 'not_allowed' })
    }
  })
})

describe('an assertion', () => {
  it.each(['ES256', 'RS256', 'EdDSA'] as const)('of %s states counter and flags', async (algorithm) => {
    const shown = await signIn({ counter: 7, userVerified: false }, { authenticator: { algorithm } })
    expect(shown).toEqual({ sign_count: 7, user_verified: false, backup_eligible: true, backed_up: true })
  })

  it('is refused for another origin, domain, challenge or page, and without anybody present', async () => {
    const lies: Partial<GetOverrides>[] = [
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { challenge: newChallenge() },
      { clientData: { type: 'webauthn.create' } },
      { clientData: { crossOrigin: true } },
      { clientData: { topOrigin: 'https://evil.example' } },
      { userPresent: false },
      { backupEligible: false, backedUp: true },
    ]
    for (const lie of lies) expect(await signIn(lie), JSON.stringify(lie)).toBeUndefined()
  })

  it('is refused when anything signed was changed, or the signature', async () => {
    const change = (member: string) => (json: string) => {
      const credential = JSON.parse(json) as { response: Record<string, string> }
      const value = credential.response[member] as string
      credential.response[member] = (value.startsWith('A') ? 'B' : 'A') + value.slice(1)
      return JSON.stringify(credential)
    }
    for (const member of ['clientDataJSON', 'authenticatorData', 'signature']) {
      expect(await signIn({}, { change: change(member) }), member).toBeUndefined()
    }
  })
})

describe('a submitted credential', () => {
  const response = { clientDataJSON: 'e30', authenticatorData: 'AAAA', signature: 'AAAA' }
  const credential = { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response }

  it('is read with what is verified later, and nothing else', () => {
    const text = JSON.stringify({ ...credential, extra: 1, response: { ...response, userHandle: null } })
    expect(readAssertion(text)).toEqual({
      ...{ credential_id: 'AAAA', client_data: 'e30', authenticator_data: 'AAAA', signature: 'AAAA' },
      user_handle: undefined,
    })
  })

  it('is refused in any other form', () => {
    const bad: unknown[] = [
      ...[undefined, null, 1, 'text', [], [credential], {}],
      { ...credential, type: 'password' },
      { ...credential, rawId: 'AAAB' },
      { ...credential, id: { length: 4 }, rawId: { length: 4 } },
      { ...credential, id: 'A'.repeat(1368), rawId: 'A'.repeat(1368) },
      { ...credential, response: null },
      { ...credential, response: { ...response, signature: '' } },
      { ...credential, response: { ...response, signature: 'AA==' } },
      { ...credential, response: { ...response, signature: ['AAAA'] } },
      { ...credential, response: { ...response, authenticatorData: 'AAA A' } },
      { ...credential, response: { ...response, clientDataJSON: 'A'.repeat(16_388) } },
      { ...credential, response: { ...response, userHandle: 7 } },
    ]
    for (const value of bad)
      expect(readAssertion(JSON.stringify(value)), JSON.stringify(value)).toBeUndefined()
    expect(readAssertion('{"id":')).toBeUndefined()
    expect(readAssertion(`${' '.repeat(40_000)}${JSON.stringify(credential)}`)).toBeUndefined()
    expect(readAssertion(`${'['.repeat(30_000)}`)).toBeUndefined()
  })

  it('keeps transports that are words, each once', () => {
    const made = {
      clientDataJSON: 'e30',
      attestationObject: 'AAAA',
      transports: ['usb', 'usb', 1, '<b>', 'nfc'],
    }
    const read = readRegistration(JSON.stringify({ ...credential, response: made }))
    expect(read?.response.transports).toEqual(['usb', 'nfc'])
  })
})
