/** Forged, stolen and stretched client assertions (RFC 7523 §3, RFC 8725). */
import { createHmac, randomUUID } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, expectNothingToChange, issuer, rp } from '../authly.ts'
import { clientKeyId, publicJwks } from '../client-keys.ts'
import { expectRefusal } from '../expectations.ts'
import { respellingsOf } from '../respellings.ts'
import type { SeededClient } from '../seed.ts'
import { type FormFields, postForm } from '../wire.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

let client: SeededClient
let other: SeededClient
let rsa: SeededClient
let key: CryptoKey
let rsaKey: CryptoKey
let foreignKey: CryptoKey
let publicKey: CryptoKey
beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true })
  const rsaPair = await generateKeyPair('RS256', { extractable: true })
  ;({ privateKey: key, publicKey } = pair)
  rsaKey = rsaPair.privateKey
  foreignKey = (await generateKeyPair('ES256', { extractable: true })).privateKey
  const method = { token_endpoint_auth_method: 'private_key_jwt' } as const
  const jwks = await publicJwks(publicKey, 'ES256')
  client = await addClient({ ...method, jwks })
  other = await addClient({ ...method, jwks })
  rsa = await addClient({
    ...method,
    jwks: await publicJwks(rsaPair.publicKey, 'RS256'),
    token_endpoint_auth_signing_alg: 'PS256',
  })
})

const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset
const correct = (): JWTPayload => ({
  iss: client.client_id,
  sub: client.client_id,
  aud: issuer,
  jti: randomUUID(),
  iat: seconds(0),
  exp: seconds(60),
})

const sign = (claims: JWTPayload, signer: CryptoKey = key, header: Record<string, unknown> = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: clientKeyId, ...header }).sign(signer)

const present = (client_assertion: string, more: FormFields = {}, endpoint: string = rp.endpoints.token) =>
  postForm(endpoint, {
    grant_type: 'client_credentials',
    scope: 'demo:read',
    client_assertion_type: assertionType,
    client_assertion,
    ...more,
  })

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const hmacSigned = (header: object, claims: JWTPayload, secret: string | Buffer) => {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

describe('a client assertion', () => {
  expectNothingToChange()

  it('is accepted when it is right, for issuer and token endpoint as audience (OIDC Core §9)', async () => {
    for (const aud of [issuer, `${issuer}/oauth/token`]) {
      expect((await present(await sign({ ...correct(), aud }))).status).toBe(200)
    }
  })

  it.each<[string, () => Record<string, unknown>]>([
    ['expired (RFC 7523 §3.4)', () => ({ iat: seconds(-120), exp: seconds(-60) })],
    ['without expiry (RFC 7523 §3.4)', () => ({ exp: undefined })],
    ['valid for a day, so that its jti would have to be kept as long', () => ({ exp: seconds(86_400) })],
    ['with an expiry that is no number (RFC 7519 §4.1.4)', () => ({ exp: '9999999999' })],
    ['not valid yet (RFC 7523 §3.5)', () => ({ nbf: seconds(120) })],
    ['issued in the future (RFC 7523 §3.6)', () => ({ iat: seconds(600), exp: seconds(900) })],
    ['for another server (RFC 7523 §3.3)', () => ({ aud: 'https://another.test' })],
    ['for a path of this server (RFC 7523 §3.3)', () => ({ aud: `${issuer}/` })],
    ['for nobody (RFC 7523 §3.3)', () => ({ aud: undefined })],
    ['of another issuer (RFC 7523 §3.1)', () => ({ iss: 'someone-else' })],
    ['about another client with the same key (RFC 7523 §3.2)', () => ({ sub: other.client_id })],
    ['about an unknown client (RFC 7523 §3.2)', () => ({ iss: 'nobody', sub: 'nobody' })],
    ['without jti (OIDC Core §9)', () => ({ jti: undefined })],
    ['with an empty jti (OIDC Core §9)', () => ({ jti: '' })],
    ['with a jti of 10,000 characters', () => ({ jti: 'j'.repeat(10_000) })],
    ['with a jti that is no text', () => ({ jti: 1 })],
  ])('is refused when it is %s', async (_, changes) => {
    expectRefusal(await present(await sign({ ...correct(), ...changes() })), 400, 'invalid_client')
  })

  it('is refused the second time, at whichever endpoint (OIDC Core §9: jti is used once)', async () => {
    const assertion = await sign(correct())
    expect((await present(assertion)).status).toBe(200)
    expectRefusal(await present(assertion), 400, 'invalid_client')
    expectRefusal(await present(assertion, { token: 'x' }, rp.endpoints.introspect), 400, 'invalid_client')
    expectRefusal(await present(assertion, { token: 'x' }, rp.endpoints.revoke), 400, 'invalid_client')
  })

  it('is accepted once when twenty of it arrive at the same moment', async () => {
    const assertion = await sign(correct())
    const answers = await Promise.all(Array.from({ length: 20 }, () => present(assertion)))
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
  })

  it('is refused with alg none (RFC 8725 §3.1)', async () => {
    for (const alg of ['none', 'None', 'NONE', '']) {
      const forged = `${encode({ alg, kid: clientKeyId })}.${encode(correct())}.`
      expectRefusal(await present(forged), 400, 'invalid_client')
    }
  })

  it('is refused as HMAC keyed with the registered public key (RFC 8725 §2.1)', async () => {
    const jwk = await exportJWK(publicKey)
    const spki = Buffer.from(await crypto.subtle.exportKey('spki', publicKey))
    const pem = `-----BEGIN PUBLIC KEY-----\n${spki.toString('base64')}\n-----END PUBLIC KEY-----\n`
    for (const secret of [JSON.stringify(jwk), spki, pem, jwk.x as string]) {
      const forged = hmacSigned({ alg: 'HS256', kid: clientKeyId }, correct(), secret)
      expectRefusal(await present(forged), 400, 'invalid_client')
    }
  })

  it('is refused when it brings its own key in the header (RFC 8725 §3.10)', async () => {
    const pair = await generateKeyPair('ES256', { extractable: true })
    const jwk = await exportJWK(pair.publicKey)
    const headers = [
      { jwk },
      { jku: 'https://evil.test/keys' },
      { x5u: 'https://evil.test/x' },
      { kid: '../key' },
    ]
    for (const header of headers) {
      expectRefusal(await present(await sign(correct(), pair.privateKey, header)), 400, 'invalid_client')
    }
  })

  it('is refused from a key that is not registered, with and without its kid (RFC 7523 §3.9)', async () => {
    expectRefusal(await present(await sign(correct(), foreignKey)), 400, 'invalid_client')
    expectRefusal(await present(await sign(correct(), foreignKey, { kid: undefined })), 400, 'invalid_client')
    expectRefusal(await present(await sign(correct(), key, { kid: 'unknown' })), 400, 'invalid_client')
  })

  it('is refused with an algorithm the client did not register (OIDC Registration §2)', async () => {
    const claims = { ...correct(), iss: rsa.client_id, sub: rsa.client_id }
    const assertion = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: clientKeyId })
      .sign(rsaKey)
    expectRefusal(await present(assertion), 400, 'invalid_client')
  })

  it('is refused with a critical header nobody knows (RFC 7515 §4.1.11)', async () => {
    const assertion = await sign(correct())
    const [, payload, signature] = assertion.split('.')
    const header = encode({ alg: 'ES256', kid: clientKeyId, crit: ['x'], x: 1 })
    expectRefusal(await present(`${header}.${payload}.${signature}`), 400, 'invalid_client')
  })

  it('is refused when its payload was changed after signing (RFC 7515 §5.2)', async () => {
    const [header, , signature] = (await sign(correct())).split('.')
    const forged = `${header}.${encode({ ...correct(), exp: seconds(300) })}.${signature}`
    expectRefusal(await present(forged), 400, 'invalid_client')
  })

  it.each([
    ['one word', 'x'],
    ['two parts', 'a.b'],
    ['four parts', 'a.b.c.d'],
    ['empty parts', '..'],
    ['empty objects', 'e30.e30.'],
    ['bare JSON', '{}'],
    ['20,000 characters', `${'a'.repeat(20_000)}.b.c`],
  ])('is refused when it is no JWT but %s (RFC 7523 §3)', async (_, text) => {
    expectRefusal(await present(text), 400, 'invalid_client')
  })

  it('is refused in any other spelling, and counts in its own (RFC 7515 §2)', async () => {
    // One whose signature has a character that the two alphabets spell differently.
    let assertion = await sign(correct())
    while (!/[-_][^.]*$/.test(assertion)) assertion = await sign(correct())
    for (const [name, text] of respellingsOf(assertion)) {
      expect(text, name).not.toBe(assertion)
      expectRefusal(await present(text), 400, 'invalid_client')
    }
    expect((await present(assertion)).status).toBe(200)
  })

  it('must be of the one type there is (RFC 7523 §2.2)', async () => {
    const saml = 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer'
    for (const client_assertion_type of [saml, 'x', undefined]) {
      expectRefusal(await present(await sign(correct()), { client_assertion_type }), 400, 'invalid_request')
    }
  })

  it('must agree with client_id when both are sent (RFC 7521 §4.2)', async () => {
    const answer = await present(await sign(correct()), { client_id: other.client_id })
    expectRefusal(answer, 400, 'invalid_request')
  })

  it('is none when it is an access token of ours (RFC 8725 §3.11)', async () => {
    const service = await addClientToken()
    expectRefusal(await present(service), 400, 'invalid_client')
  })
})

/** An access token that this server issued to the very client. */
async function addClientToken(): Promise<string> {
  const answer = await present(await sign(correct()))
  return answer.json?.['access_token'] as string
}
