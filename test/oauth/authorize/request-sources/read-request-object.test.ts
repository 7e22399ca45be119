import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import {
  CompactEncrypt,
  type CompactJWEHeaderParameters,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../../../src/clients/client.ts'
import { baseRules } from '../../../../src/clients/profile.ts'
import { createDecryptJwe } from '../../../../src/keys/decrypt-jwe.ts'
import type { DecryptionKey } from '../../../../src/keys/keyring.ts'
import { createRootSecret } from '../../../../src/kit/root-secret.ts'
import { readRequestObject } from '../../../../src/oauth/authorize/request-sources/read-request-object.ts'
import { parseParameters } from '../../../../src/protocol/parameters.ts'
import { aClient } from '../../../fakes/client.ts'
import { hostileObjects } from './hostile-objects.ts'

const issuer = 'https://auth.example'
const now = 1_800_000_000_000
const seconds = (offset: number) => now / 1000 + offset

const pair = await generateKeyPair('ES256', { extractable: true })
const rsa = await generateKeyPair('RS256', { extractable: true })
const foreign = await generateKeyPair('ES256', { extractable: true })
const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }
const ours = await generateKeyPair('RSA-OAEP-256', { extractable: true })
const oursByAgreement = await generateKeyPair('ECDH-ES', { extractable: true })
const ourKeys = new Map<string, DecryptionKey>([
  ['rsa', { kid: 'rsa', alg: 'RSA-OAEP-256', key: ours.privateKey }],
  ['ec', { kid: 'ec', alg: 'ECDH-ES', key: oursByAgreement.privateKey }],
])
const client = aClient({ jwks: { keys: [jwk] } })

const needs = {
  config: { issuer, interactionTtlSeconds: 1800 },
  now: () => now,
  root: createRootSecret(Buffer.alloc(32, 1).toString('base64url')),
  fetchClientJwks: async ({ jwks }: Client) => jwks as never,
  fetchRequestObject: async () => undefined,
  decryptJwe: createDecryptJwe({ keyring: { decryptionKey: async (kid) => ourKeys.get(kid) } }),
}

type Claims = Record<string, unknown>

const correct = (): Claims => ({
  ...{ iss: client.client_id, aud: issuer, client_id: client.client_id },
  ...{ response_type: 'code', redirect_uri: 'https://app.example/callback', scope: 'openid', state: 's' },
})

const sign = (claims: Claims, header: object = {}, key: CryptoKey = pair.privateKey) =>
  new SignJWT(claims as never).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key)

const parse = (query: string) => {
  const parsed = parseParameters(query)
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

const read = (object: string, of: Client = client, beside = '') =>
  readRequestObject(needs, { parameters: parse(`client_id=${of.client_id}${beside}`), client: of }, object)

/** The fault that the client is told, without what all faults begin with. */
async function faultOf(object: string, of: Client = client, beside = ''): Promise<string | undefined> {
  const outcome = await read(object, of, beside)
  if (outcome.ok) return undefined
  expect(outcome.error.refusal).toMatchObject({ error: 'invalid_request_object', status: 400 })
  return outcome.error.refusal.description.replace('the request object is not valid: ', '')
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signed whatever it says, duplicate members included. */
async function signText(payload: string, header = '{"alg":"ES256","kid":"one"}'): Promise<string> {
  const input = [header, payload].map((text) => Buffer.from(text).toString('base64url')).join('.')
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  const signature = await crypto.subtle.sign(algorithm, pair.privateKey, new TextEncoder().encode(input))
  return `${input}.${Buffer.from(signature).toString('base64url')}`
}

describe('a request object', () => {
  it('becomes parameters: texts, numbers, JSON, several resources (RFC 9101 §4, OIDC Core §6.1)', async () => {
    const claims = { userinfo: { email: null } }
    const resource = ['https://api.example', 'https://b.example']
    const outcome = await read(await sign({ ...correct(), max_age: 60, claims, resource, unknown: { a: 1 } }))
    if (!outcome.ok) throw new Error(outcome.error.refusal.description)
    const { parameters, provenance } = outcome.value
    expect(parameters.get('max_age')).toBe('60')
    expect(JSON.parse(parameters.get('claims') ?? '')).toEqual(claims)
    expect(parameters.all('resource')).toEqual(resource)
    expect(['iss', 'aud', 'unknown'].map((name) => parameters.get(name))).toEqual(Array(3).fill(undefined))
    expect(provenance).toEqual({ pushed: false, signed: true, once: undefined })
  })

  it('is all that is asked for: nothing beside it counts (RFC 9101 §6.3)', async () => {
    const { state: _, ...stateless } = correct()
    const beside = '&state=theirs&prompt=none&redirect_uri=https://evil.example/&scope=openid+write'
    const outcome = await read(await sign(stateless), client, beside)
    if (!outcome.ok) throw new Error(outcome.error.refusal.description)
    const { parameters } = outcome.value
    expect([parameters.get('state'), parameters.get('prompt'), parameters.get('scope')]).toEqual([
      ...[undefined, undefined, 'openid'],
    ])
    expect(parameters.get('redirect_uri')).toBe('https://app.example/callback')
  })

  it('names the client even if it does not repeat client_id', async () => {
    const { client_id: _, ...nameless } = correct()
    const outcome = await read(await sign(nameless))
    expect(outcome.ok && outcome.value.parameters.get('client_id')).toBe(client.client_id)
  })

  it('may have several audiences, and any of the types that name it or none', async () => {
    expect(
      await faultOf(await sign({ ...correct(), aud: ['https://other.example', issuer] })),
    ).toBeUndefined()
    for (const typ of ['oauth-authz-req+jwt', 'application/oauth-authz-req+jwt', 'JWT', undefined]) {
      expect(await faultOf(await sign(correct(), { typ })), typ).toBeUndefined()
    }
  })

  it.each<[string, Claims, string]>([
    ['is of another issuer', { iss: 'other' }, 'iss must be the client_id'],
    ['names no issuer', { iss: undefined }, 'iss must be the client_id'],
    ['is for another server', { aud: 'https://other.example' }, 'aud must be the issuer'],
    ['is for a part of this server', { aud: `${issuer}/oauth/authorize` }, 'aud must be the issuer'],
    ['is for nobody', { aud: undefined }, 'aud must be the issuer'],
    ['names another client', { client_id: 'other' }, 'client_id differs from the one beside it'],
    ['could be a client assertion', { sub: client.client_id }, 'sub must not be the client_id'],
    ['contains an object', { request: 'e30.e30.' }, 'it refers to another request'],
    ['contains a reference', { request_uri: 'urn:x' }, 'it refers to another request'],
    ['has expired', { exp: seconds(-10) }, 'it has expired'],
    ['has an expiry that is text', { exp: String(seconds(60)) }, 'exp must be a time'],
    ['has a negative time', { nbf: -1 }, 'nbf must be a time'],
    ['begins in a minute', { nbf: seconds(61) }, 'it is not valid yet'],
    ['was made in the future', { iat: seconds(61) }, 'it is not valid yet'],
    ['has a list where a text belongs', { prompt: ['login'] }, 'a parameter in it has the wrong type'],
    ['has null where a text belongs', { nonce: null }, 'a parameter in it has the wrong type'],
    ['has a resource that is no text', { resource: [1] }, 'a parameter in it has the wrong type'],
    ['has a control character', { state: 'a\u0000b' }, 'malformed parameter encoding'],
    ['has a jti and no end', { jti: 'j' }, 'exp is missing, until which jti is remembered'],
    ['has an empty jti', { jti: '', exp: seconds(60) }, 'jti must be a short text'],
    ['has a jti that is a number', { jti: 1, exp: seconds(60) }, 'jti must be a short text'],
    ['has a jti and lives for a day', { jti: 'j', exp: seconds(86_400) }, 'it lives too long'],
  ])('is refused when it %s', async (_, changes, fault) => {
    expect(await faultOf(await sign({ ...correct(), ...changes }))).toBe(fault)
  })

  it('must not contradict what OAuth wants beside it (OIDC Core §6.1)', async () => {
    const object = await sign(correct())
    expect(await faultOf(object, client, '&response_type=code&scope=openid')).toBeUndefined()
    expect(await faultOf(object, client, '&response_type=token')).toBe(
      'response_type differs from the one beside it',
    )
  })

  it('allows clocks to differ by ten seconds (FAPI 2.0 Security Profile §5.3.2.1)', async () => {
    const claims = { ...correct(), nbf: seconds(8), iat: seconds(8), exp: seconds(-8) }
    expect(await faultOf(await sign(claims))).toBeUndefined()
  })

  it('with a jti is used up until nobody can complete a sign-in with it', async () => {
    const outcome = await read(await sign({ ...correct(), jti: 'j', exp: seconds(60) }))
    expect(outcome.ok && outcome.value.provenance.once).toEqual({
      ...{ id: 'jti j', keep_until: (seconds(60) + 10 + 300 + 1800) * 1000 },
    })
  })

  it('without a jti is identified by what it says, however it is signed (RFC 9101 §10.2)', async () => {
    const onceOf = async (claims: Claims, options = {}) => {
      const received = { parameters: parse(`client_id=${client.client_id}`), client }
      const outcome = await readRequestObject(needs, received, await sign(claims), options)
      return outcome.ok ? outcome.value.provenance.once : expect.fail(outcome.error.refusal.description)
    }
    const short = { ...correct(), exp: seconds(60) }
    const first = await onceOf(short)
    expect(first).toEqual({
      id: expect.stringMatching(/^claims [\w-]{43}$/),
      keep_until: (seconds(60) + 10 + 300 + 1800) * 1000,
    })
    expect(await onceOf(short)).toEqual(first)
    expect((await onceOf({ ...short, state: 't' }))?.id).not.toBe(first?.id)
    // What cannot be remembered, and what the client publishes for any number of requests.
    expect(await onceOf(correct())).toBeUndefined()
    expect(await onceOf({ ...correct(), exp: seconds(86_400) })).toBeUndefined()
    expect(await onceOf(short, { isPublished: true })).toBeUndefined()
  })

  it('without a jti is for many unless it has what is chosen for one person', async () => {
    const onceOf = async (claims: Claims) => {
      const outcome = await read(await sign({ ...correct(), exp: seconds(60), ...claims }))
      return outcome.ok ? outcome.value.provenance.once?.id : expect.fail(outcome.error.refusal.description)
    }
    // Such as one that a client signs every hour, for everybody who presses its button.
    expect(await onceOf({ state: undefined })).toBeUndefined()
    expect(await onceOf({ state: '' })).toBeUndefined()
    expect(await onceOf({ state: undefined, jti: 'j' })).toBe('jti j')
    expect(await onceOf({ state: undefined, nonce: 'n' })).toMatch(/^claims /)
    expect(await onceOf({})).toMatch(/^claims /)
  })

  it('of a client whose requests age has nbf and exp, an hour apart at most (FAPI 2.0 Message Signing §5.3.1)', async () => {
    const strict = aClient({
      ...{ jwks: { keys: [jwk] } },
      rules: { ...baseRules, max_request_object_age_seconds: 3600 },
    })
    const withTimes = async (nbf?: number, exp?: number) =>
      faultOf(await sign({ ...correct(), ...(nbf && { nbf }), ...(exp && { exp }) }), strict)
    expect(await withTimes(seconds(0), seconds(300))).toBeUndefined()
    expect(await withTimes(seconds(8), seconds(300))).toBeUndefined()
    expect(await withTimes(undefined, seconds(300))).toBe('nbf is missing')
    expect(await withTimes(seconds(0))).toBe('exp is missing')
    expect(await withTimes(seconds(-3700), seconds(-50))).toBe('it has expired')
    expect(await withTimes(seconds(-4200), seconds(100))).toBe('nbf is too long ago')
    expect(await withTimes(seconds(-60), seconds(3700))).toBe('exp is too long after nbf')
  })

  it('tells the client where it asks to be told only of what it has signed (RFC 9700 §4.11)', async () => {
    const expired = await read(await sign({ ...correct(), exp: seconds(-60) }))
    expect(!expired.ok && expired.error.parameters?.get('state')).toBe('s')
    const forged = await read(await sign(correct(), {}, foreign.privateKey))
    expect(!forged.ok && forged.error.parameters).toBeUndefined()
  })
})

describe('the signature of a request object', () => {
  it('is of a key of the client, with or without kid, also when several fit', async () => {
    const twin = { ...(await exportJWK(foreign.publicKey)), alg: 'ES256' }
    const several = aClient({ jwks: { keys: [twin, jwk] } })
    expect(await faultOf(await sign(correct(), { kid: undefined }), several)).toBeUndefined()
    expect(await faultOf(await sign(correct()), several)).toBeUndefined()
    const stranger = await generateKeyPair('ES256')
    expect(await faultOf(await sign(correct(), { kid: undefined }, stranger.privateKey), several)).toBe(
      'its signature is not valid',
    )
  })

  it('is of the algorithm that the client registered, and that its profile allows', async () => {
    const key = { ...(await exportJWK(rsa.publicKey)), kid: 'rsa' }
    const keys = { jwks: { keys: [jwk, key] } }
    const rs256 = await sign(correct(), { alg: 'RS256', kid: 'rsa' }, rsa.privateKey)
    const notAllowed = 'its algorithm is not one the client may use'
    expect(await faultOf(rs256, aClient(keys))).toBeUndefined()
    expect(await faultOf(rs256, aClient({ ...keys, request_object_signing_alg: 'ES256' }))).toBe(notAllowed)
    expect(
      await faultOf(await sign(correct()), aClient({ ...keys, request_object_signing_alg: 'PS256' })),
    ).toBe(notAllowed)
    const rules = { ...baseRules, signing_algs: ['ES256', 'PS256'] }
    expect(await faultOf(rs256, aClient({ ...keys, rules }))).toBe(notAllowed)
    expect(await faultOf(await sign(correct()), aClient({ ...keys, rules }))).toBeUndefined()
  })

  it('is asked for again where the key may be new', async () => {
    const asked: (boolean | undefined)[] = []
    const rotating = aClient({ jwks_uri: 'https://app.example/jwks' })
    const outcome = await readRequestObject(
      {
        ...needs,
        fetchClientJwks: async (_, options) => {
          asked.push(options?.stale)
          return { keys: options?.stale ? [jwk] : [] } as never
        },
      },
      { parameters: parse('client_id=app'), client: rotating },
      await sign(correct()),
    )
    expect([outcome.ok, asked]).toEqual([true, [false, true]])
  })

  it.each<[string, () => Promise<string> | string, string]>([
    [
      'alg none (RFC 8725 §3.1)',
      () => new UnsecuredJWT(correct() as never).encode(),
      'it is not a signed JWT',
    ],
    [
      'alg none with a signature',
      () => `${encode({ alg: 'none' })}.${encode(correct())}.c2ln`,
      'its algorithm is not one the client may use',
    ],
    [
      'alg NONE',
      () => `${encode({ alg: 'NONE', kid: 'one' })}.${encode(correct())}.c2ln`,
      'its algorithm is not one the client may use',
    ],
    [
      'an HMAC keyed with the public key (RFC 8725 §2.1)',
      () => {
        const input = `${encode({ alg: 'HS256', kid: 'one' })}.${encode(correct())}`
        return `${input}.${createHmac('sha256', JSON.stringify(jwk)).update(input).digest('base64url')}`
      },
      'its algorithm is not one the client may use',
    ],
    [
      'a key it brings itself (RFC 8725 §3.10)',
      async () => sign(correct(), { jwk: await exportJWK(foreign.publicKey) }, foreign.privateKey),
      'its signature is not valid',
    ],
    [
      'a key it brings itself under a name of its own',
      async () => sign(correct(), { jwk: await exportJWK(foreign.publicKey), kid: 'x' }, foreign.privateKey),
      'no key of the client fits',
    ],
    [
      'an address of keys',
      () => sign(correct(), { jku: 'https://evil.example/keys' }, foreign.privateKey),
      'its signature is not valid',
    ],
    [
      'a certificate',
      () => sign(correct(), { x5c: ['MIIB'] }, foreign.privateKey),
      'its signature is not valid',
    ],
    [
      'the algorithm of another curve (RFC 7518 §3.4)',
      async () => (await sign(correct())).replace(/^[^.]+/, encode({ alg: 'ES384', kid: 'one' })),
      'no key of the client fits',
    ],
    [
      'a critical extension (RFC 7515 §4.1.11)',
      () => signText(JSON.stringify(correct()), '{"alg":"ES256","kid":"one","crit":["x"],"x":1}'),
      'its header asks for an extension',
    ],
    [
      'an unencoded payload (RFC 7797)',
      () => signText(JSON.stringify(correct()), '{"alg":"ES256","kid":"one","b64":false,"crit":["b64"]}'),
      'its header asks for an extension',
    ],
    [
      'a header member twice',
      () => signText(JSON.stringify(correct()), '{"alg":"ES256","kid":"one","alg":"ES256"}'),
      'its header is not a JSON object whose members are there once',
    ],
    [
      'a member twice (RFC 7519 §4)',
      () => signText(`${JSON.stringify(correct()).slice(0, -1)},"state":"other"}`),
      'its content is not a JSON object whose members are there once',
    ],
    [
      'a list as content',
      () => signText('[]'),
      'its content is not a JSON object whose members are there once',
    ],
    [
      'content that is not UTF-8',
      async () => {
        const [header, , signature] = (await signText('{}')).split('.')
        return `${header}._-8.${signature}`
      },
      'its signature is not valid',
    ],
    ['the type of an access token', () => sign(correct(), { typ: 'at+jwt' }), 'it is a JWT of another type'],
    ['the type of a DPoP proof', () => sign(correct(), { typ: 'dpop+jwt' }), 'it is a JWT of another type'],
    ['a type that is no text', () => sign(correct(), { typ: 1 }), 'it is a JWT of another type'],
    ['20,000 characters', () => sign({ ...correct(), state: 's'.repeat(20_000) }), 'it is too long'],
    [
      'seventy members',
      () =>
        sign({ ...correct(), ...Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`m${n}`, '1'])) }),
      'it has too many members',
    ],
    [
      'another JWT around it',
      async () => signText(JSON.stringify(await sign(correct()))),
      'its content is not a JSON object whose members are there once',
    ],
    ['nothing', () => '', 'it is not a signed JWT'],
    ['two parts', () => 'e30.e30', 'it is not a signed JWT'],
    ['padding', async () => `${await sign(correct())}=`, 'it is not a signed JWT'],
    ['white space', async () => ` ${await sign(correct())}`, 'it is not a signed JWT'],
  ])('is refused with %s', async (_, make, fault) => {
    expect(await faultOf(await make())).toBe(fault)
  })

  it('is refused when one character is another, wherever', async () => {
    const object = await sign(correct())
    for (let index = 0; index < object.length; index += 7) {
      if (object[index] === '.') continue
      const other = object[index] === 'A' ? 'B' : 'A'
      expect(
        await faultOf(object.slice(0, index) + other + object.slice(index + 1)),
        `${index}`,
      ).toBeDefined()
    }
  })

  it('is refused of a client without keys, and while they cannot be fetched', async () => {
    expect(await faultOf(await sign(correct()), aClient())).toBe(
      'the client has no keys, or they cannot be fetched',
    )
  })
})

describe('an encrypted request object (RFC 9101 §6.1)', () => {
  type Header = Partial<CompactJWEHeaderParameters>
  const encrypt = (text: string, header: Header = {}, key: CryptoKey = ours.publicKey) =>
    new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'rsa', cty: 'JWT', ...header })
      .encrypt(key)

  it('contains a signed one, which counts as if it had come alone', async () => {
    const byAgreement = { alg: 'ECDH-ES', enc: 'A128CBC-HS256', kid: 'ec' }
    for (const object of [
      await encrypt(await sign(correct())),
      await encrypt(await sign(correct()), byAgreement, oursByAgreement.publicKey),
    ]) {
      const outcome = await read(object)
      expect(outcome.ok && outcome.value.parameters.get('state')).toBe('s')
      expect(outcome.ok && outcome.value.provenance.signed).toBe(true)
    }
  })

  it('is encrypted as the client registered', async () => {
    const pinned = aClient({
      ...{ jwks: { keys: [jwk] }, request_object_encryption_alg: 'RSA-OAEP-256' },
      request_object_encryption_enc: 'A256GCM',
    })
    const other = 'it is encrypted in another way than the client registered'
    expect(await faultOf(await encrypt(await sign(correct())), pinned)).toBeUndefined()
    expect(await faultOf(await encrypt(await sign(correct()), { enc: 'A128GCM' }), pinned)).toBe(other)
    const agreed = await encrypt(
      await sign(correct()),
      { alg: 'ECDH-ES', kid: 'ec' },
      oursByAgreement.publicKey,
    )
    expect(await faultOf(agreed, pinned)).toBe(other)
  })

  const undecryptable = 'it cannot be decrypted'
  it.each<[string, () => Promise<string> | string, string]>([
    ['parameters that nobody signed', () => encrypt(JSON.stringify(correct())), 'it is not a signed JWT'],
    [
      'an unsigned one',
      () => encrypt(new UnsecuredJWT(correct() as never).encode()),
      'it is not a signed JWT',
    ],
    [
      'a forged one',
      async () => encrypt(await sign(correct(), {}, foreign.privateKey)),
      'its signature is not valid',
    ],
    [
      'another encrypted one',
      async () => encrypt(await encrypt(await sign(correct()))),
      'it is not a signed JWT',
    ],
    ['nothing', () => encrypt(''), undecryptable],
    [
      'to another key',
      async () => encrypt(await sign(correct()), {}, (await generateKeyPair('RSA-OAEP-256')).publicKey),
      undecryptable,
    ],
    ['to a key nobody knows', async () => encrypt(await sign(correct()), { kid: 'x' }), undecryptable],
    [
      'with RSA1_5 in the header',
      async () =>
        (await encrypt('x')).replace(/^[^.]+/, encode({ alg: 'RSA1_5', enc: 'A256GCM', kid: 'rsa' })),
      undecryptable,
    ],
    [
      'with dir in the header',
      async () => (await encrypt('x')).replace(/^[^.]+/, encode({ alg: 'dir', enc: 'A256GCM', kid: 'rsa' })),
      undecryptable,
    ],
    [
      'with compression in the header (a bomb)',
      async () =>
        (await encrypt('x')).replace(
          /^[^.]+/,
          encode({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'rsa', zip: 'DEF' }),
        ),
      undecryptable,
    ],
    [
      'with a header member twice',
      async () =>
        (await encrypt('x')).replace(
          /^[^.]+/,
          Buffer.from('{"alg":"dir","alg":"RSA-OAEP-256"}').toString('base64url'),
        ),
      'its header is not a JSON object whose members are there once',
    ],
    ['with 30,000 characters', () => encrypt('x'.repeat(20_000)), 'it is too long'],
    ['with nothing but dots', () => '....', 'its header is not a JSON object whose members are there once'],
  ])('is refused with %s', async (_, make, fault) => {
    expect(await faultOf(await make())).toBe(fault)
  })
})

describe('whatever is sent as a request object', () => {
  const headers = fc.record(
    {
      alg: fc.oneof(fc.constantFrom('ES256', 'RS256', 'none', 'HS256'), fc.jsonValue()),
      kid: fc.oneof(fc.constant('one'), fc.jsonValue()),
      typ: fc.jsonValue(),
      crit: fc.jsonValue(),
      jwk: fc.jsonValue(),
      zip: fc.constant('DEF'),
    },
    { requiredKeys: [] },
  )
  const texts = fc.oneof(
    fc.string(),
    fc
      .tuple(fc.json(), fc.json(), fc.base64String())
      .map(([header, payload, signature]) =>
        [...[header, payload].map((text) => Buffer.from(text).toString('base64url')), signature].join('.'),
      ),
    fc
      .tuple(headers, fc.jsonValue(), fc.uint8Array())
      .map(([header, payload, signature]) =>
        [encode(header), encode(payload), Buffer.from(signature).toString('base64url')].join('.'),
      ),
    fc.array(fc.base64String(), { maxLength: 7 }).map((parts) => parts.join('.')),
  )

  it('is refused, and nothing breaks', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const outcome = await read(text)
        expect(!outcome.ok && outcome.error.refusal.error).toBe('invalid_request_object')
      }),
      { numRuns: 500, examples: hostileObjects.map((text) => [text]) },
    )
  })

  it('and is signed, is read or refused, and nothing breaks', async () => {
    const names = fc.oneof(
      fc.constantFrom(
        'scope',
        'state',
        'resource',
        'claims',
        'aud',
        'exp',
        'nbf',
        'jti',
        'prompt',
        'request',
      ),
      fc.string(),
    )
    const beyond: [Record<string, fc.JsonValue>][] = [
      [{ exp: 1e308 }],
      [{ nbf: -0 }],
      [{ aud: [[issuer]] }],
      [{ resource: {} }],
    ]
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, fc.jsonValue()), async (changes) => {
        const outcome = await read(await signText(JSON.stringify({ ...correct(), ...changes })))
        if (!outcome.ok) expect(outcome.error.refusal.error).toBe('invalid_request_object')
        else expect(outcome.value.parameters.get('client_id')).toBe(client.client_id)
      }),
      { numRuns: 200, examples: beyond },
    )
  })
})
