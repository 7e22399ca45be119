/** Request objects (RFC 9101): forged, replayed and contradicted, at the authorization endpoint and pushed. */
import { createHmac, randomUUID } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, expectNothingToChange, issuer, rp } from '../authly.ts'
import { clientKeyId, publicJwks } from '../client-keys.ts'
import { expectHostedPage, expectLocalError, expectRedirectedError, expectRefusal } from '../expectations.ts'
import { type ObjectServer, serveObject } from '../object-server.ts'
import { codeIn } from '../relying-party.ts'
import { respellingsOf } from '../respellings.ts'
import type { SeededClient, SeededUser } from '../seed.ts'
import { signIn } from '../sign-in.ts'
import { createUserAgent, type UserAgent } from '../user-agent.ts'
import { type FormFields, formBody, postForm, send } from '../wire.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

let client: SeededClient
let other: SeededClient
let signing: SeededClient
let publishing: SeededClient
let keyless: SeededClient
let asserting: SeededClient
let user: SeededUser
let agent: UserAgent
let key: CryptoKey
let publicKey: CryptoKey
let foreignKey: CryptoKey
let objects: ObjectServer
beforeAll(async () => {
  ;({ privateKey: key, publicKey } = await generateKeyPair('ES256', { extractable: true }))
  foreignKey = (await generateKeyPair('ES256', { extractable: true })).privateKey
  const jwks = await publicJwks(publicKey, 'ES256')
  objects = await serveObject()
  client = await addClient({ jwks })
  other = await addClient({ jwks })
  signing = await addClient({ jwks, require_signed_request_object: true })
  publishing = await addClient({ jwks, request_uris: [objects.url, `${objects.url}?slow`] })
  keyless = await addClient()
  asserting = await addClient({ jwks, token_endpoint_auth_method: 'private_key_jwt' })
  user = await addUser()
  agent = await rp.signedInAgent(client, user)
})
afterAll(() => objects.close())

type Claims = Record<string, unknown>

const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset
const claimsOf = (of: SeededClient): Claims => ({
  ...{ iss: of.client_id, aud: issuer, iat: seconds(0), exp: seconds(60) },
  ...rp.authorizeFields(of),
  nonce: randomUUID(),
})

const sign = (claims: Claims, signer: CryptoKey = key, header: object = {}) =>
  new SignJWT(claims as JWTPayload)
    .setProtectedHeader({ alg: 'ES256', kid: clientKeyId, typ: 'oauth-authz-req+jwt', ...header })
    .sign(signer)

/** A link with nothing but the object and whose it is. */
const linkTo = (of: SeededClient, fields: FormFields) =>
  `${rp.endpoints.authorize}?${formBody({ client_id: of.client_id, ...fields })}`

const open = (
  request: string,
  of: SeededClient = client,
  browser: UserAgent = agent,
  more: FormFields = {},
) => browser.request(linkTo(of, { request, ...more }))

const pushObject = (request: string, of: SeededClient = client) =>
  rp.push(of, {
    ...Object.fromEntries(Object.keys(rp.authorizeFields(of)).map((name) => [name, undefined])),
    request,
  })

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a request object', () => {
  expectNothingToChange()

  it('is the request, and is redeemed with the verifier in it (RFC 9101 §5.1)', async () => {
    const page = await open(await sign(claimsOf(client)))
    expect(page.location?.searchParams.get('state')).toBe('state-1')
    expect((await rp.redeem(client, codeIn(page) as string)).status).toBe(200)
  })

  it('is all that counts: state, redirect URI and prompt beside it are ignored (RFC 9101 §6.3)', async () => {
    const beside = { state: 'theirs', redirect_uri: 'https://evil.test/', prompt: 'login', scope: 'openid' }
    const page = await open(await sign(claimsOf(client)), client, agent, beside)
    expect(page.location?.href.startsWith(client.redirect_uri)).toBe(true)
    expect(page.location?.searchParams.get('state')).toBe('state-1')
    const stateless = await open(await sign({ ...claimsOf(client), state: undefined }), client, agent, beside)
    expect(stateless.location?.searchParams.has('state')).toBe(false)
  })

  it('decides how the response is sent (OAuth 2.0 Form Post Response Mode)', async () => {
    const page = await open(await sign({ ...claimsOf(client), response_mode: 'form_post' }))
    const [form] = page.forms
    expect([page.status, form?.action.href]).toEqual([200, client.redirect_uri])
    expect(Object.fromEntries(form?.fields ?? [])).toMatchObject({ state: 'state-1', iss: issuer })
  })

  it.each<[string, string, Claims]>([
    ['no PKCE', 'invalid_request', { code_challenge: undefined, code_challenge_method: undefined }],
    ['the implicit flow', 'unsupported_response_type', { response_type: 'token' }],
    ['an unknown prompt', 'invalid_request', { prompt: 'guess' }],
    ['an end in the past', 'invalid_request_object', { exp: seconds(-60) }],
    ['no audience', 'invalid_request_object', { aud: undefined }],
    ['another server as audience', 'invalid_request_object', { aud: 'https://another.test' }],
    ['another issuer', 'invalid_request_object', { iss: 'other' }],
    ['a jti that cannot be remembered', 'invalid_request_object', { jti: 'j', exp: undefined }],
  ])('with %s gets %s where the client has signed to be told, or as JSON', async (_, error, changes) => {
    const object = await sign({ ...claimsOf(client), ...changes })
    expectRedirectedError(await open(object), client.redirect_uri, error)
    expectRefusal(await pushObject(object), 400, error)
  })

  it.each<[string, () => Promise<string> | string]>([
    ['unsigned (RFC 8725 §3.1)', () => new UnsecuredJWT(claimsOf(client) as JWTPayload).encode()],
    ['of a key nobody registered', () => sign(claimsOf(client), foreignKey)],
    [
      'of a key it brings itself',
      async () => sign(claimsOf(client), foreignKey, { jwk: await exportJWK(foreignKey) }),
    ],
    ['of a key somewhere else', () => sign(claimsOf(client), foreignKey, { jku: 'https://evil.test/keys' })],
    [
      'an HMAC keyed with the public key',
      async () => {
        const input = `${encode({ alg: 'HS256', kid: clientKeyId })}.${encode(claimsOf(client))}`
        const secret = JSON.stringify(await exportJWK(publicKey))
        return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
      },
    ],
    [
      'an HMAC keyed with the client secret',
      () => {
        const input = `${encode({ alg: 'HS256' })}.${encode(claimsOf(client))}`
        return `${input}.${createHmac('sha256', client.client_secret).update(input).digest('base64url')}`
      },
    ],
    ['about another client (RFC 9101 §5)', () => sign(claimsOf(other))],
    [
      'a reference to another (RFC 9101 §4)',
      () => sign({ ...claimsOf(client), request_uri: 'https://evil.test/' }),
    ],
    [
      'around another (RFC 9101 §4)',
      async () => sign({ ...claimsOf(client), request: await sign(claimsOf(client)) }),
    ],
    ['of another type', () => sign(claimsOf(client), key, { typ: 'at+jwt' })],
    ['encrypted, or in its form', () => 'e30.e30.e30.e30.e30'],
    ['no JWT', () => 'x'],
  ])('is refused here, wherever the link says to go, when it is %s', async (_, make) => {
    const object = await make()
    const beside = { redirect_uri: client.redirect_uri, state: 'state-1', response_type: 'code' }
    expectLocalError(await open(object, client, agent, beside))
    expectLocalError(await open(object, client, createUserAgent(), beside))
    expectRefusal(await pushObject(object), 400, 'invalid_request_object')
  })

  it('is refused in any other spelling (RFC 7515 §2)', async () => {
    let object = await sign(claimsOf(client))
    while (!/[-_][^.]*$/.test(object)) object = await sign({ ...claimsOf(client), nonce: randomUUID() })
    for (const [name, text] of respellingsOf(object)) {
      expect(text, name).not.toBe(object)
      expectRefusal(await pushObject(text), 400, 'invalid_request_object')
    }
  })

  it('does not send people where it was not registered (RFC 9700 §4.11)', async () => {
    expectLocalError(await open(await sign({ ...claimsOf(client), redirect_uri: 'https://evil.test/' })))
  })

  it('is not a client assertion, and an assertion is none (RFC 9101 §10.8)', async () => {
    const both = { ...claimsOf(client), sub: client.client_id, jti: randomUUID() }
    expectRefusal(await pushObject(await sign(both)), 400, 'invalid_request_object')
    const client_assertion = await sign({ ...claimsOf(asserting), jti: randomUUID() })
    const fields = {
      client_assertion,
      client_assertion_type: assertionType,
      ...rp.authorizeFields(asserting),
    }
    expectRefusal(await postForm(rp.endpoints.par, fields), 400, 'invalid_client')
  })

  it('is refused of a client without keys', async () => {
    expectLocalError(await open(await sign(claimsOf(keyless)), keyless))
  })

  it('must be signed for a client that registered so, pushed or not (RFC 9101 §10.5)', async () => {
    expectRedirectedError(await rp.authorize(signing, {}, agent), signing.redirect_uri, 'invalid_request')
    expectRefusal(await rp.push(signing), 400, 'invalid_request')
    expect(codeIn(await open(await sign(claimsOf(signing)), signing))).toBeTruthy()
    const { json } = await pushObject(await sign(claimsOf(signing)), signing)
    expect(
      codeIn(await agent.request(linkTo(signing, { request_uri: json?.['request_uri'] as string }))),
    ).toBeTruthy()
  })

  it('is announced without none (RFC 9101 §10.5)', async () => {
    const { json } = await send(`${issuer}/.well-known/openid-configuration`)
    expect(json).toMatchObject({ request_parameter_supported: true, require_signed_request_object: false })
    expect(json).toMatchObject({
      request_uri_parameter_supported: true,
      require_request_uri_registration: true,
    })
    expect(json?.['request_object_signing_alg_values_supported']).toContain('ES256')
    expect(json?.['request_object_signing_alg_values_supported']).not.toContain('none')
  })
})

describe('a request object that is answered once', () => {
  expectNothingToChange()
  const single = (of: SeededClient = client, changes: Claims = {}) =>
    sign({ ...claimsOf(of), jti: randomUUID(), ...changes })

  it('may be loaded again until somebody has signed in, and then no more (RFC 9101 §10.2)', async () => {
    const object = await single()
    const browser = createUserAgent()
    for (let load = 0; load < 2; load++) expectHostedPage(await open(object, client, browser), '/login')
    const callback = await signIn(browser, linkTo(client, { request: object }), client.redirect_uri, { user })
    expect(callback.searchParams.get('code')).toBeTruthy()
    expectLocalError(await open(object, client, browser))
    expectLocalError(await open(object, client, createUserAgent()))
  })

  it('needs no jti for that while it lives for minutes', async () => {
    const object = await sign(claimsOf(client))
    expect(codeIn(await open(object))).toBeTruthy()
    expectLocalError(await open(object))
    const handle = await pushObject(object)
    expectLocalError(
      await agent.request(linkTo(client, { request_uri: handle.json?.['request_uri'] as string })),
    )
  })

  it('leads to one code when twenty use it at the same moment', async () => {
    const object = await single()
    const pages = await Promise.all(Array.from({ length: 20 }, () => open(object)))
    expect(pages.filter((page) => codeIn(page) !== undefined)).toHaveLength(1)
  })

  it('leads to one code however often it is pushed, and whether it is pushed or not', async () => {
    const object = await single()
    const handles = await Promise.all([pushObject(object), pushObject(object)])
    const links = handles.map(({ json }) => linkTo(client, { request_uri: json?.['request_uri'] as string }))
    expect(codeIn(await agent.request(links[0] as string))).toBeTruthy()
    expectLocalError(await agent.request(links[1] as string))
    expectLocalError(await open(object))
  })

  it('is its client’s own: another client may use the same jti', async () => {
    const jti = randomUUID()
    for (const of of [client, other]) {
      expect(codeIn(await open(await single(of, { jti }), of))).toBeTruthy()
    }
  })
})

describe('a request object that the client publishes', () => {
  it('is fetched from where it is registered, whatever hash stands behind it (OIDC Core §6.2)', async () => {
    objects.publish(await sign(claimsOf(publishing)))
    const page = await agent.request(linkTo(publishing, { request_uri: `${objects.url}#aGFzaA` }))
    expect(page.location?.searchParams.get('state')).toBe('state-1')
    expect((await rp.redeem(publishing, codeIn(page) as string)).status).toBe(200)
  })

  it('is fetched from nowhere else (RFC 9101 §10.4: server-side request forgery)', async () => {
    const before = objects.requests()
    for (const request_uri of [
      `${objects.url}?x`,
      `${objects.url}/`,
      'http://127.0.0.1:1/',
      'file:///etc/passwd',
    ]) {
      expectLocalError(await agent.request(linkTo(publishing, { request_uri })))
    }
    expectLocalError(await agent.request(linkTo(client, { request_uri: objects.url })))
    expect(objects.requests()).toBe(before)
  })

  it('is fetched once for many who open its link', async () => {
    const before = objects.requests()
    const link = linkTo(publishing, { request_uri: objects.url })
    for (let visit = 0; visit < 10; visit++) expect(codeIn(await agent.request(link))).toBeTruthy()
    expect(objects.requests() - before).toBeLessThanOrEqual(2)
  })

  it('must be one (RFC 9101 §6)', async () => {
    objects.publish('<html>')
    expectLocalError(await agent.request(linkTo(publishing, { request_uri: `${objects.url}?slow` })))
  })
})
