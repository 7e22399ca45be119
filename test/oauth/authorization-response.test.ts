import fc from 'fast-check'
import {
  compactDecrypt,
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose'
import { describe, expect, it } from 'vitest'
import { createPrepareEncryption } from '../../src/clients/prepare-encryption.ts'
import { baseRules } from '../../src/clients/profile.ts'
import { createSignJwt } from '../../src/keys/sign-jwt.ts'
import { chooseLanguage } from '../../src/messages/choose-language.ts'
import {
  authorizationResponse,
  type ResponseParameters,
} from '../../src/oauth/authorize/authorization-response.ts'
import { checkResponseType } from '../../src/oauth/authorize/check-response-type.ts'
import { submitScript, submitScriptHash } from '../../src/oauth/authorize/form-post.tsx'
import { checkRedirectUri, type RedirectTarget } from '../../src/oauth/authorize/redirect-target.ts'
import { findMode, responseModes } from '../../src/oauth/authorize/response-modes/index.ts'
import { parseParameters } from '../../src/protocol/parameters.ts'
import { refuse } from '../../src/protocol/refusal.ts'
import { plain } from '../../src/protocol/request-provenance.ts'
import { aClient } from '../fakes/client.ts'
import { createFakeKeyring } from '../fakes/keyring.ts'

const target = ({
  response_mode = 'query',
  ...overrides
}: Omit<Partial<RedirectTarget>, 'response_mode'> & { readonly response_mode?: string } = {}) =>
  ({
    redirect_uri: 'https://app.example/cb',
    response_mode: findMode(response_mode),
    state: 's',
    client: aClient(),
    ...overrides,
  }) as RedirectTarget
const issuer = 'https://auth.example'
const start = Date.UTC(2027, 0, 1)
const keyring = await createFakeKeyring()
const needs = {
  config: { issuer },
  now: () => start,
  signJwt: createSignJwt({ keyring }),
}
const prepareEncryption = createPrepareEncryption({
  fetchClientJwks: async ({ jwks }) => jwks as JSONWebKeySet | undefined,
})
const answer = async (to: RedirectTarget, response: ResponseParameters) => {
  const encrypt = await prepareEncryption(to.client, 'authorization')
  if (!encrypt.ok) throw new Error(encrypt.error.error)
  return authorizationResponse(needs, to, response, encrypt.value, english)
}
const english = async () => chooseLanguage('en', undefined)

describe('authorization response', () => {
  it('goes to the redirect URI with state and iss (RFC 6749 §4.1.2, RFC 9207)', async () => {
    const response = await answer(target(), { code: 'c' })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe(
      'https://app.example/cb?code=c&state=s&iss=https%3A%2F%2Fauth.example',
    )
  })

  it('keeps the query of the redirect URI (RFC 6749 §3.1.2)', async () => {
    const response = await answer(target({ redirect_uri: 'https://app.example/cb?a=1' }), {
      refusal: refuse('access_denied', 'no'),
    })
    const location = new URL(response.headers.get('location') as string)
    expect(Object.fromEntries(location.searchParams)).toEqual({
      a: '1',
      error: 'access_denied',
      error_description: 'no',
      state: 's',
      iss: issuer,
    })
  })

  it('escapes state in a form_post page, against script injection', async () => {
    const response = await answer(
      target({ response_mode: 'form_post', state: '"><script>alert(1)</script>' }),
      { code: 'c' },
    )
    const html = await response.text()
    expect(html).not.toContain('<script>alert(1)')
    expect(html).toContain('name="code" value="c"')
  })

  it('allows exactly its own script by hash in the form_post page', async () => {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(submitScript))
    expect(submitScriptHash).toBe(`'sha256-${Buffer.from(digest).toString('base64')}'`)
  })
})

/** The parameters that reach the client: from the query, or from the form of the page. */
async function sentTo(response: Response): Promise<Record<string, string>> {
  const location = response.headers.get('location')
  if (location !== null) return Object.fromEntries(new URL(location).searchParams)
  const inputs = (await response.text()).matchAll(/name="(\w+)" value="([^"]*)"/g)
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, value]))
}
const verified = async (jwt: string, audience = 'app') =>
  jwtVerify(jwt, createLocalJWKSet(await keyring.jwks()), { issuer, audience, currentDate: new Date(start) })

describe('a signed authorization response (JARM)', () => {
  const signedModes = responseModes.filter(({ signed }) => signed).map(({ mode }) => mode)

  it.each(signedModes)('%s: one parameter, in which all others are (§2.1, §2.3)', async (response_mode) => {
    const sent = await sentTo(await answer(target({ response_mode }), { code: 'c' }))
    expect(Object.keys(sent)).toEqual(['response'])
    const { payload, protectedHeader } = await verified(String(sent['response']))
    const iat = start / 1000
    expect(payload).toEqual({ iss: issuer, aud: 'app', iat, exp: iat + 300, code: 'c', state: 's' })
    expect(protectedHeader.alg).toBe('RS256')
  })

  it.each(signedModes)('%s: errors too', async (response_mode) => {
    const refusal = refuse('access_denied', 'the person did not agree')
    const sent = await sentTo(await answer(target({ response_mode }), { refusal }))
    const { payload } = await verified(String(sent['response']))
    expect(payload).toMatchObject({
      error: 'access_denied',
      error_description: refusal.description,
      state: 's',
    })
    expect(payload).not.toHaveProperty('code')
  })

  it.each([
    [{ authorization_signed_response_alg: 'PS256' }, 'PS256'],
    [{ rules: { ...baseRules, signing_algs: ['PS256', 'ES256', 'EdDSA'] } }, 'ES256'],
    [{ rules: { ...baseRules, signing_algs: ['PS256'] } }, 'PS256'],
    [
      {
        authorization_signed_response_alg: 'EdDSA',
        rules: { ...baseRules, signing_algs: ['PS256', 'ES256', 'EdDSA'] },
      },
      'EdDSA',
    ],
    [
      {
        authorization_signed_response_alg: 'RS256',
        rules: { ...baseRules, signing_algs: ['PS256', 'ES256'] },
      },
      'ES256',
    ],
  ] as const)('is signed with what the client registered and its profile allows: %j', async (more, alg) => {
    const client = aClient(more)
    const sent = await sentTo(await answer(target({ response_mode: 'jwt', client }), { code: 'c' }))
    expect(decodeProtectedHeader(String(sent['response'])).alg).toBe(alg)
  })

  it('is encrypted after it was signed, to the key of the client (§2.2)', async () => {
    const pair = await generateKeyPair('ECDH-ES+A256KW', { extractable: true })
    const jwk = { ...(await exportJWK(pair.publicKey)), use: 'enc', kid: 'enc-1' }
    const client = aClient({
      jwks: { keys: [jwk] },
      authorization_encrypted_response_alg: 'ECDH-ES+A256KW',
      authorization_encrypted_response_enc: 'A256GCM',
    })
    const sent = await sentTo(await answer(target({ response_mode: 'query.jwt', client }), { code: 'c' }))
    const { plaintext, protectedHeader } = await compactDecrypt(String(sent['response']), pair.privateKey)
    expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', cty: 'JWT', kid: 'enc-1' })
    const { payload } = await verified(new TextDecoder().decode(plaintext))
    expect(payload).toMatchObject({ code: 'c', state: 's' })
  })

  it('brings any state back as it came, in a member that cannot replace another (§4.4)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (state) => {
        const sent = await sentTo(await answer(target({ response_mode: 'jwt', state }), { code: 'c' }))
        const { payload } = await verified(String(sent['response']))
        expect(payload).toMatchObject({ iss: issuer, aud: 'app', code: 'c', state })
      }),
      { examples: [['","aud":"evil'], ['__proto__'], ['\u2028']] },
    )
  })
})

describe('a client that gets signed responses only', () => {
  const client = aClient({ rules: { ...baseRules, signed_response_required: true } })
  const ask = async (mode: string | undefined, of = client) => {
    const asked = { redirect_uri: 'https://app.example/callback', response_type: 'code' }
    const form = new URLSearchParams({ ...asked, ...(mode === undefined ? {} : { response_mode: mode }) })
    const parameters = parseParameters(form.toString())
    if (!parameters.ok) throw new Error(parameters.error)
    const to = checkRedirectUri(parameters.value, of)
    if (!to.ok) throw new Error(to.error.error)
    const checked = await checkResponseType({} as never, {
      ...{ parameters: parameters.value, client: of, provenance: plain },
    })
    return { mode: to.value.response_mode.mode, error: checked.ok ? undefined : checked.error.error }
  }

  it.each([
    ['query', 'jwt', 'invalid_request'],
    ['form_post', 'form_post.jwt', 'invalid_request'],
    [undefined, 'jwt', 'invalid_request'],
    ['fragment', 'jwt', 'invalid_request'],
    ['fragment.jwt', 'jwt', 'invalid_request'],
    ['jwt', 'jwt', undefined],
    ['query.jwt', 'query.jwt', undefined],
    ['form_post.jwt', 'form_post.jwt', undefined],
  ])('asks for %s: answered by %s', async (asked, mode, error) => {
    expect(await ask(asked)).toEqual({ mode, error })
  })

  it.each([
    ['fragment', 'query', 'invalid_request'],
    ['fragment.jwt', 'query', 'invalid_request'],
    [undefined, 'query', undefined],
    ['form_post', 'form_post', undefined],
    ['jwt', 'jwt', undefined],
  ])('any other asks for %s: answered by %s', async (asked, mode, error) => {
    expect(await ask(asked, aClient())).toEqual({ mode, error })
  })
})
