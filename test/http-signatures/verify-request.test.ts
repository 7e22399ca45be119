import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../src/clients/client.ts'
import { checkContentDigest, contentDigest } from '../../src/http-signatures/content-digest.ts'
import { signRequest } from '../../src/http-signatures/sign-request.ts'
import { algorithmOf, signBytes } from '../../src/http-signatures/signature-algorithms.ts'
import { signatureBase } from '../../src/http-signatures/signature-base.ts'
import {
  acceptSignature,
  adminSignaturePolicy as policy,
} from '../../src/http-signatures/signature-policy.ts'
import { verifyRequest } from '../../src/http-signatures/verify-request.ts'
import { aClient } from '../fakes/client.ts'
import { rsaPssKey } from './rfc9421-vectors.ts'

const nowSeconds = 1_800_000_000
const encode = (text: string) => Uint8Array.from(new TextEncoder().encode(text))
const url = 'https://auth.test/admin/users?limit=5'

const keys: Record<'ed' | 'ec' | 'rsa' | 'stranger', JWK> = { ed: {}, ec: {}, rsa: {}, stranger: {} }
const publicOf = ({ d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...jwk }: JWK): JWK => jwk
let client: Client
let spent: Set<string>

beforeAll(async () => {
  const make = async (alg: string, kid: string): Promise<JWK> => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true })
    return { ...(await exportJWK(privateKey)), kid }
  }
  keys.ed = await make('EdDSA', 'ed')
  keys.ec = await make('ES256', 'ec')
  keys.rsa = await make('PS512', 'rsa')
  keys.stranger = await make('EdDSA', 'ed')
})
beforeEach(() => {
  spent = new Set()
  client = clientWith([keys.ed, keys.ec, keys.rsa].map(publicOf))
})

const clientWith = (jwks: readonly JWK[]) =>
  aClient({ client_id: 'robot', jwks: { keys: jwks as Record<string, unknown>[] } })

interface Signed {
  method: string
  url: string
  headers: Headers
  body?: Uint8Array<ArrayBuffer>
}

async function signed(change: {
  key?: JWK
  method?: string
  body?: string
  headers?: Record<string, string>
  created?: number
  nonce?: string
  tag?: string
}): Promise<Signed> {
  const body = change.body === undefined ? undefined : encode(change.body)
  const method = change.method ?? (body ? 'POST' : 'GET')
  const headers = new Headers({ authorization: 'Bearer token', ...change.headers })
  if (body && !headers.has('content-type')) headers.set('content-type', 'application/json')
  const request = { method, url, headers, ...(body ? { body } : {}) }
  const signedHeaders = await signRequest(request, {
    key: change.key ?? keys.ed,
    policy: { ...policy, tag: change.tag ?? policy.tag },
    created: change.created ?? nowSeconds,
    ...(change.nonce === undefined ? {} : { nonce: change.nonce }),
  })
  return { ...request, headers: signedHeaders }
}

async function verify(request: Signed, as: Client = client): Promise<string> {
  const message = { method: request.method, targetUri: new URL(request.url), headers: request.headers }
  const verified = await verifyRequest(
    {
      now: () => nowSeconds * 1000,
      fetchClientJwks: async ({ jwks }) => jwks as { keys: JWK[] } | undefined,
      spendOnce: async (scope, value) => !spent.has(`${scope} ${value}`) && !!spent.add(`${scope} ${value}`),
    },
    policy,
    as,
    message,
    request.body !== undefined,
  )
  if (verified === undefined) return 'unsigned'
  if (!verified.ok) return verified.error
  const digest =
    request.body && (await checkContentDigest(request.headers.get('content-digest'), request.body))
  return digest ?? `good:${verified.value.keyid}`
}

/** Signs whatever `components` and `parameters` say, as an attacker who holds a key of the client could. */
async function signRaw(request: Signed, signatureParams: string, components: string[]): Promise<Signed> {
  const message = { method: request.method, targetUri: new URL(request.url), headers: request.headers }
  const base = signatureBase(message, { components, signatureParams })
  if (!base.ok) throw new Error(base.error)
  const signature = Buffer.from(await signBytes(keys.ed, base.value)).toString('base64')
  const headers = new Headers(request.headers)
  headers.set('signature-input', `sig=${signatureParams}`)
  headers.set('signature', `sig=:${signature}:`)
  return { ...request, headers }
}

const components = '("@method" "@target-uri" "authorization")'
const parameters = (more = '') =>
  `;created=${nowSeconds};nonce="0123456789abcdef";keyid="ed";tag="authly-admin"${more}`
const bare = (): Signed => ({ method: 'GET', url, headers: new Headers({ authorization: 'Bearer token' }) })
const signBare = (params: string, list = components) =>
  signRaw(
    bare(),
    `${list}${params}`,
    [...list.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
  )

describe('a signed request (RFC 9421)', () => {
  it.each(['ed', 'ec', 'rsa'] as const)('counts when made with a key of the client: %s', async (name) => {
    expect(await verify(await signed({ key: keys[name] }))).toBe(`good:${name}`)
    expect(await verify(await signed({ key: keys[name], body: '{"a":1}' }))).toBe(`good:${name}`)
  })

  it('is told from one without signature; half a signature is malformed', async () => {
    expect(await verify(bare())).toBe('unsigned')
    for (const name of ['signature', 'signature-input']) {
      const request = await signed({})
      request.headers.delete(name)
      expect(await verify(request)).toBe('malformed')
    }
  })

  it('is worth nothing for another method, query, path or authority (§7.2.1)', async () => {
    expect(await verify({ ...(await signed({})), method: 'DELETE' })).toBe('wrong_signature')
    for (const other of [
      'https://auth.test/admin/users?limit=6',
      'https://auth.test/admin/users',
      'https://auth.test/admin/clients?limit=5',
      'https://staging.test/admin/users?limit=5',
      'http://auth.test/admin/users?limit=5',
    ]) {
      expect(await verify({ ...(await signed({})), url: other })).toBe('wrong_signature')
    }
  })

  it('is worth nothing with another token: the actor is part of what was signed', async () => {
    const request = await signed({})
    request.headers.set('authorization', 'Bearer other')
    expect(await verify(request)).toBe('wrong_signature')
    request.headers.delete('authorization')
    expect(await verify(request)).toBe('absent_component')
  })

  it('binds the body by its digest (§7.2.8, RFC 9530)', async () => {
    const request = await signed({ body: '{"role":"user"}' })
    expect(await verify({ ...request, body: encode('{"role":"admin"}') })).toBe('digest_mismatch')
    request.headers.set('content-digest', await contentDigest(encode('{"role":"admin"}')))
    expect(await verify({ ...request, body: encode('{"role":"admin"}') })).toBe('wrong_signature')
    expect(await verify({ ...(await signed({})), body: encode('{}') })).toBe('missing_component')
  })

  it.each(['if-match', 'idempotency-key'])('nobody on the way can add or change %s', async (name) => {
    const covered = await signed({ headers: { [name]: '"1"' } })
    expect(await verify(covered)).toBe('good:ed')
    covered.headers.set(name, '*')
    expect(await verify(covered)).toBe('wrong_signature')
    const added = await signed({})
    added.headers.set(name, '*')
    expect(await verify(added)).toBe('missing_component')
  })

  it('counts once: its nonce is spent, per client (§7.2.2)', async () => {
    const request = await signed({ nonce: 'nonce-nonce-nonce' })
    expect(await verify(request)).toBe('good:ed')
    expect(await verify(request)).toBe('nonce_spent')
    expect(await verify(request, { ...client, client_id: 'other' })).toBe('good:ed')
  })

  it('a forgery cannot spend the nonce of the true request', async () => {
    const request = await signed({ nonce: 'nonce-nonce-nonce' })
    expect(await verify({ ...request, method: 'PUT' })).toBe('wrong_signature')
    expect(spent.size).toBe(0)
    expect(await verify(request)).toBe('good:ed')
  })

  it('counts for a minute, and from at most five seconds ahead', async () => {
    const at = async (offset: number) => verify(await signed({ created: nowSeconds + offset }))
    expect(await at(-60)).toBe('good:ed')
    expect(await at(-61)).toBe('too_old')
    expect(await at(5)).toBe('good:ed')
    expect(await at(6)).toBe('in_the_future')
    expect(await verify(await signBare(parameters(`;expires=${nowSeconds}`)))).toBe('expired')
    expect(await verify(await signBare(parameters(`;expires=${nowSeconds + 1}`)))).toBe('good:ed')
  })

  it.each([
    ['created', parameters().replace(/;created=\d+/, ''), 'created_missing'],
    ['nonce', parameters().replace(/;nonce="[^"]+"/, ''), 'nonce_unfit'],
    ['keyid', parameters().replace(/;keyid="ed"/, ''), 'key_unknown'],
    ['tag', parameters().replace(/;tag="[^"]+"/, ''), 'wrong_tag'],
  ])('must say %s', async (_name, params, fault) => {
    expect(await verify(await signBare(params))).toBe(fault)
  })

  it('a nonce is neither guessable nor a burden', async () => {
    expect(await verify(await signed({ nonce: '123456789012345' }))).toBe('nonce_unfit')
    expect(await verify(await signed({ nonce: 'n'.repeat(257) }))).toBe('nonce_unfit')
  })

  it.each(['"@method"', '"@target-uri"', '"authorization"'])('must cover %s', async (name) => {
    const list = components.replace(name, '').replace('  ', ' ').replace('( ', '(').replace(' )', ')')
    expect(await verify(await signBare(parameters(), list))).toBe('missing_component')
  })

  it('made for another application of the same key does not count: the tag differs', async () => {
    expect(await verify(await signed({ tag: 'other-app' }))).toBe('wrong_tag')
  })

  it('made with a foreign key of the same id, or by an id the client lacks, does not count', async () => {
    expect(await verify(await signed({ key: keys.stranger }))).toBe('wrong_signature')
    expect(await verify(await signed({ key: { ...keys.ed, kid: 'nobody' } }))).toBe('key_unknown')
    expect(await verify(await signed({}), aClient({ jwks: undefined }))).toBe('key_unknown')
    expect(await verify(await signed({}), clientWith([publicOf(keys.ed), publicOf(keys.stranger)]))).toBe(
      'key_unknown',
    )
  })

  it('alg cannot say what the key is not (§3.2, alg confusion)', async () => {
    for (const alg of ['hmac-sha256', 'rsa-v1_5-sha256', 'ecdsa-p256-sha256', 'ED25519', '']) {
      expect(await verify(await signBare(parameters(`;alg="${alg}"`)))).toBe('alg_mismatch')
    }
    expect(await verify(await signBare(parameters(';alg="ed25519"')))).toBe('good:ed')
  })

  it.each([
    ['an HMAC secret', { kty: 'oct', k: 'AAAA' }],
    ['an encryption key', { kty: 'OKP', crv: 'Ed25519', x: 'AA', use: 'enc' }],
    ['an X25519 key', { kty: 'OKP', crv: 'X25519', x: 'AA' }],
    ['a P-384 key', { kty: 'EC', crv: 'P-384', x: 'AA', y: 'AA' }],
    ['an RSA key for PKCS #1 v1.5', { ...rsaPssKey, alg: 'RS256' }],
    ['a short RSA key', { ...rsaPssKey, n: rsaPssKey.n.slice(0, 171) }],
    ['an RSA key that takes long', { ...rsaPssKey, n: rsaPssKey.n.repeat(3) }],
  ])('%s is no key for signatures', (_name, jwk) => {
    expect(algorithmOf(jwk as JWK)).toBeUndefined()
  })

  it('two signatures are refused: which one would count?', async () => {
    const request = await signed({})
    const both = (name: string) => {
      const value = request.headers.get(name) ?? ''
      return `${value}, ${value.replace(/^sig=/, 'other=')}`
    }
    const headers = new Headers(request.headers)
    headers.set('signature-input', both('signature-input'))
    headers.set('signature', both('signature'))
    expect(await verify({ ...request, headers })).toBe('more_than_one')
    const repeated = new Headers(request.headers)
    repeated.append('signature-input', (request.headers.get('signature-input') ?? '').replace(/^sig=/, 'b='))
    expect(await verify({ ...request, headers: repeated })).toBe('more_than_one')
  })

  it('a header sent twice is signed as both values, in order (§2.1)', async () => {
    const request = await signed({ headers: { 'if-match': '"1"' } })
    request.headers.append('if-match', '"2"')
    expect(await verify(request)).toBe('wrong_signature')
  })

  it.each([
    ['another label', 'sig=("@method")', 'other=:AAAA:'],
    ['no inner list', 'sig=1', 'sig=:AAAA:'],
    ['a component that is no text', 'sig=(method)', 'sig=:AAAA:'],
    ['a component with parameters', 'sig=("@method";req)', 'sig=:AAAA:'],
    ['a component twice', 'sig=("@method" "@method")', 'sig=:AAAA:'],
    ['its own parameters covered', 'sig=("@signature-params")', 'sig=:AAAA:'],
    ['capital letters', 'sig=("Authorization")', 'sig=:AAAA:'],
    ['a quote in a name', 'sig=("a\\"b")', 'sig=:AAAA:'],
    ['an unknown parameter', 'sig=();keyring="x"', 'sig=:AAAA:'],
    ['created as text', 'sig=();created="1"', 'sig=:AAAA:'],
    ['created as a fraction', 'sig=();created=1.5', 'sig=:AAAA:'],
    ['keyid as a token', 'sig=();keyid=ed', 'sig=:AAAA:'],
    ['a signature that is no bytes', 'sig=()', 'sig="AAAA"'],
    [
      '33 components',
      `sig=(${Array.from({ length: 33 }, (_, index) => `"h${index}"`).join(' ')})`,
      'sig=:AAAA:',
    ],
    ['nothing', '', ''],
    ['a trailing comma', 'sig=(),', 'sig=:AAAA:'],
  ])('%s is malformed', async (_name, input, signature) => {
    const request = bare()
    request.headers.set('signature-input', input)
    request.headers.set('signature', signature)
    expect(await verify(request)).toBe('malformed')
  })

  it('a derived component we do not know, or a header that is not there, cannot be covered', async () => {
    for (const name of ['@status', '@query-param', '@constructor', 'x-absent']) {
      const request = bare()
      request.headers.set(
        'signature-input',
        `sig=("@method" "@target-uri" "authorization" "${name}")${parameters()}`,
      )
      request.headers.set('signature', 'sig=:AAAA:')
      expect(await verify(request)).toBe('absent_component')
    }
  })

  it('oversized headers are refused before they are parsed', async () => {
    const request = await signed({})
    request.headers.set('signature', `sig=:${'A'.repeat(4096)}:`)
    expect(await verify(request)).toBe('too_large')
  })

  it('a line break in a value is refused: it would pose as a line of its own', () => {
    const headers = { get: () => 'Bearer x\n"@method": GET' }
    expect(
      signatureBase(
        { method: 'GET', targetUri: new URL(url), headers },
        { components: ['authorization'], signatureParams: '()' },
      ),
    ).toMatchObject({ ok: false, error: 'absent_component' })
  })
})

describe('Content-Digest (RFC 9530)', () => {
  const body = encode('{}')
  it.each([
    ['absent', null],
    ['md5 only', 'md5=:AAAA:'],
    ['no bytes', 'sha-256="AAAA"'],
    ['no dictionary', '::'],
    ['oversized', `sha-256=:${'A'.repeat(1024)}:`],
  ])('%s: malformed', async (_name, field) => {
    expect(await checkContentDigest(field, body)).toBe('digest_malformed')
  })

  it('every digest must fit, and a cut one fits nothing', async () => {
    const good = await contentDigest(body)
    expect(await checkContentDigest(`${good}, unixsum=:AAAA:`, body)).toBeUndefined()
    expect(await checkContentDigest(`${good}, sha-512=:AAAA:`, body)).toBe('digest_mismatch')
    expect(await checkContentDigest('sha-256=::', body)).toBe('digest_mismatch')
  })
})

describe('Accept-Signature (§5)', () => {
  it('asks for exactly what would be accepted', () => {
    expect(acceptSignature(policy, new Headers({ 'if-match': '*' }), true)).toBe(
      'sig=("@method" "@target-uri" "authorization" "content-digest" "content-type" "if-match");created;nonce;keyid;tag="authly-admin"',
    )
  })
})
