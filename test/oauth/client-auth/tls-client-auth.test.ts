/** Mutual TLS as client authentication (RFC 8705 §2), with real certificates. */
import fc from 'fast-check'
import { calculateJwkThumbprint, exportJWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { MtlsSettings } from '../../../src/certificates/mtls-settings.ts'
import type { Client } from '../../../src/clients/client.ts'
import { sha256 } from '../../../src/kit/hash.ts'
import {
  type AuthenticateClientNeeds,
  authenticateClient,
} from '../../../src/oauth/client-auth/authenticate-client.ts'
import { parseParameters } from '../../../src/protocol/parameters.ts'
import {
  base64Of,
  cloudflareOf,
  fieldOf,
  type MadeCertificate,
  makeCertificate,
  makeKeys,
  withoutCertificate,
} from '../../fakes/certificates.ts'
import { aClient } from '../../fakes/client.ts'

const issuer = 'https://auth.example'
const cloudflare: MtlsSettings = { origin: issuer, front: 'cloudflare', verifiesChains: true }
const proxy: MtlsSettings = { origin: issuer, front: 'proxy', verifiesChains: false }

interface Asked {
  readonly cf?: object
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly mtls?: MtlsSettings | undefined
  /** Key sets, the cached one first. */
  readonly published?: readonly (Client['jwks'] | undefined)[]
}

/** What a client is answered, what the audit trail says of it, and whose permits it spends. */
async function attempt(client: Client, asked: Asked) {
  const events: unknown[] = []
  const spent: string[] = []
  const { published = [client.jwks] } = asked
  const needs = {
    config: { issuer, mtls: 'mtls' in asked ? asked.mtls : cloudflare },
    now: () => Date.parse('2026-06-01'),
    findClient: async (id: string) => (id === client.client_id ? client : undefined),
    fetchClientJwks: async (_: Client, options?: { stale?: boolean }) =>
      options?.stale ? published.at(-1) : published[0],
    rateLimiter: {
      isSpent: () => false,
      take: async (policy: string, subject: string) => {
        spent.push(`${policy} ${subject}`)
        return { policy, allowed: true, limit: 1, windowSeconds: 1, remaining: 0, retryAfterSeconds: 0 }
      },
    },
    recordEvent: (event: { data?: unknown }) => events.push(event.data),
  } as unknown as AuthenticateClientNeeds
  const { body = 'client_id=app', headers = {}, cf } = asked
  const form = parseParameters(body)
  if (!form.ok) throw new Error(form.error)
  const request = Object.assign(new Request(`${issuer}/oauth/token`, { headers }), cf ? { cf } : {})
  const origin = { ip: '192.0.2.1', user_agent: undefined, request_id: 'r' }
  const answer = await authenticateClient(needs, request, form.value, origin)
  return { answer, event: events[0] as { method: string; reason: string } | undefined, spent: spent.join() }
}

const refusedFor = async (client: Client, asked: Asked): Promise<string | undefined> => {
  const { answer, event, spent } = await attempt(client, asked)
  if (answer.ok) return undefined
  expect(answer.error).toMatchObject({
    ...{ error: 'invalid_client', description: 'client authentication failed', status: 400 },
  })
  expect(answer.error.challenge).toBeUndefined()
  expect(spent).toBe('token-ip-unauthenticated 192.0.2.1')
  return event?.reason
}

let authority: MadeCertificate
let issued: MadeCertificate
let other: MadeCertificate
let expired: MadeCertificate
let early: MadeCertificate
beforeAll(async () => {
  authority = await makeCertificate({ subject: 'CN=Authority' })
  const names = [{ type: 'dns', value: 'pay.example.com' }] as const
  const make = (subject: string, dates = {}) =>
    makeCertificate({ issuer: authority, subject, names: [...names], ...dates })
  issued = await make('C=DE, O=Bank, CN=pay')
  other = await make('C=DE, O=Bank, CN=other')
  expired = await make('C=DE, O=Bank, CN=pay', { notAfter: new Date('2026-05-31') })
  early = await make('C=DE, O=Bank, CN=pay', { notBefore: new Date('2026-06-02') })
})

describe('tls_client_auth (RFC 8705 §2.1)', () => {
  const client = aClient({
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_subject_dn: 'CN=pay,O=Bank,C=DE',
  })

  it('is the client whose registered subject a verified certificate has', async () => {
    const { answer, spent } = await attempt(client, { cf: cloudflareOf(issued) })
    expect(answer.ok && answer.value.client).toBe(client)
    expect(spent).toBe('token-client app')
  })

  it('is the client whose registered alternative name it has', async () => {
    const named = aClient({
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_san_dns: 'pay.example.com',
    })
    expect(await refusedFor(named, { cf: cloudflareOf(issued) })).toBeUndefined()
    expect(await refusedFor(named, { cf: cloudflareOf(await makeCertificate()) })).toMatch(/somebody else/)
  })

  it('is refused without a certificate, with a broken one, and with another’s, all in one voice', async () => {
    const cases: readonly (readonly [Asked, RegExp])[] = [
      [{}, /no certificate/],
      [{ cf: withoutCertificate }, /no certificate/],
      [{ cf: cloudflareOf(issued, { certVerified: 'FAILED:self signed certificate' }) }, /not verified/],
      [{ cf: cloudflareOf(issued, { certRevoked: '1' }) }, /revoked/],
      [{ cf: cloudflareOf(issued, { certRFC9440: '', certRFC9440TooLarge: true }) }, /too large/],
      [{ cf: cloudflareOf({ der: issued.der.slice(0, -1) }) }, /truncated/],
      [{ cf: cloudflareOf({ der: Uint8Array.of(0x30, 3, 2, 1, 5) }) }, /malformed/],
      [{ cf: cloudflareOf(other) }, /somebody else/],
      [{ cf: cloudflareOf(authority) }, /somebody else/],
      [{ cf: cloudflareOf(expired) }, /expired/],
      [{ cf: cloudflareOf(early) }, /not valid yet/],
      [{ cf: cloudflareOf(issued), mtls: undefined }, /not configured/],
      [{ headers: { 'client-cert': fieldOf(issued) }, mtls: proxy }, /does not verify/],
      // Attack: another client's certificate, which is no secret, in a header through Cloudflare.
      [{ headers: { 'client-cert': fieldOf(issued) }, cf: withoutCertificate }, /no certificate/],
      [{ cf: cloudflareOf(issued), body: 'client_id=unknown' }, /unknown client/],
      [{ cf: cloudflareOf(issued), body: 'client_id=app&client_secret=x' }, /secret does not match/],
    ]
    for (const [asked, reason] of cases) expect(await refusedFor(client, asked)).toMatch(reason)
  })

  it('is named in the audit trail as what it is, though its request looks like that of a public client', async () => {
    expect((await attempt(client, {})).event).toEqual({ method: 'tls_client_auth', reason: 'no certificate' })
  })

  it('is by a verifying proxy what it is by Cloudflare', async () => {
    const asked = { headers: { 'client-cert': fieldOf(issued) }, mtls: { ...proxy, verifiesChains: true } }
    expect(await refusedFor(client, asked)).toBeUndefined()
  })

  it('refuses a secret that the client has as well (RFC 7591 §2: one method)', async () => {
    const secrets = [{ secret_hash: await sha256('right'), expires_at: undefined }]
    const { answer } = await attempt(aClient({ ...client, secrets }), {
      cf: cloudflareOf(issued),
      body: 'client_id=app&client_secret=right',
    })
    expect(answer.ok).toBe(false)
  })
})

describe('self_signed_tls_client_auth (RFC 8705 §2.2)', () => {
  const method = { token_endpoint_auth_method: 'self_signed_tls_client_auth' } as const
  const unverified = { certVerified: 'FAILED:self signed certificate' }
  const registered = async (certificate: MadeCertificate, members: object = {}) => ({
    keys: [{ ...(await exportJWK(certificate.keys.publicKey)), ...members }],
  })

  it.each([
    ['EC P-256', { name: 'ECDSA', namedCurve: 'P-256' }],
    ['EC P-384', { name: 'ECDSA', namedCurve: 'P-384' }],
    ['EC P-521', { name: 'ECDSA', namedCurve: 'P-521' }],
    [
      'RSA',
      {
        ...{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048 },
        publicExponent: Uint8Array.of(1, 0, 1),
      },
    ],
    ['Ed25519', { name: 'Ed25519' }],
  ])('is the client that has registered the %s key', async (_name, algorithm) => {
    const certificate = await makeCertificate({ keys: await makeKeys(algorithm) })
    const client = aClient({ ...method, jwks: await registered(certificate) })
    expect(await refusedFor(client, { cf: cloudflareOf(certificate, unverified) })).toBeUndefined()
    expect(
      await refusedFor(client, { headers: { 'client-cert': fieldOf(certificate) }, mtls: proxy }),
    ).toBeUndefined()
  })

  it('refuses another key, and what has ended or not begun', async () => {
    const [mine, foreign] = [await makeCertificate(), await makeCertificate()]
    const client = aClient({ ...method, jwks: await registered(mine) })
    const remade = (dates: object) => makeCertificate({ keys: mine.keys, ...dates })
    const cases = [
      [foreign, {}, /not registered/],
      [await remade({ notAfter: new Date('2026-05-31') }), {}, /expired/],
      [await remade({ notBefore: new Date('2026-06-02') }), {}, /not valid yet/],
      [mine, { certRevoked: '1' }, /revoked/],
    ] as const
    for (const [certificate, changed, reason] of cases) {
      expect(await refusedFor(client, { cf: cloudflareOf(certificate, changed) })).toMatch(reason)
    }
    expect(await refusedFor(client, { cf: withoutCertificate })).toMatch(/no certificate/)
  })

  it('registered with its certificate (x5c) is that one alone: its holder cannot prolong it', async () => {
    const mine = await makeCertificate()
    const client = aClient({ ...method, jwks: await registered(mine, { x5c: [base64Of(mine.der)] }) })
    expect(await refusedFor(client, { cf: cloudflareOf(mine, unverified) })).toBeUndefined()
    const prolonged = await makeCertificate({ keys: mine.keys })
    expect(await refusedFor(client, { cf: cloudflareOf(prolonged, unverified) })).toMatch(/not registered/)
  })

  it('takes a certificate from its jwks_uri that was published since the keys were cached', async () => {
    const [before, now] = [await makeCertificate(), await makeCertificate()]
    const client = aClient({ ...method, jwks_uri: 'https://app.example/jwks' })
    const published = [await registered(before), await registered(now)]
    expect(await refusedFor(client, { cf: cloudflareOf(now), published })).toBeUndefined()
    expect(await refusedFor(client, { cf: cloudflareOf(now), published: [undefined] })).toMatch(
      /cannot be fetched/,
    )
  })

  it('survives key sets of any content', async () => {
    const mine = await makeCertificate()
    const jwk = await exportJWK(mine.keys.publicKey)
    expect(await calculateJwkThumbprint(jwk)).toBeTruthy()
    for (const key of [
      {},
      { kty: 'EC' },
      { kty: 'oct', k: 'x' },
      { ...jwk, x5c: 'x' },
      { ...jwk, x5c: [] },
    ]) {
      const client = aClient({ ...method, jwks: { keys: [key] } })
      expect(await refusedFor(client, { cf: cloudflareOf(mine) })).toMatch(/not registered/)
    }
  })
})

describe('a public client whose connection presents a certificate', () => {
  it('is a public client all the same', async () => {
    const client = aClient({ token_endpoint_auth_method: 'none' })
    const { answer, spent } = await attempt(client, { cf: cloudflareOf(issued) })
    expect(answer.ok).toBe(true)
    expect(spent).toBe('token-client app|192.0.2.1')
  })

  it('may present anything', async () => {
    const client = aClient({ token_endpoint_auth_method: 'none' })
    expect((await attempt(client, { cf: cloudflareOf({ der: Uint8Array.of(1) }) })).answer.ok).toBe(true)
  })
})

describe('certificates that nobody has made', () => {
  it('are refused like any other: no crash', async () => {
    const client = aClient({
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_subject_dn: 'CN=pay,O=Bank,C=DE',
    })
    // A byte or a stretch of a good certificate is another; its signature was checked where TLS ended.
    const changed = fc
      .tuple(
        fc.nat({ max: issued.der.length - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        fc.constantFrom('replace', 'insert', 'remove'),
      )
      .map(([at, bytes, how]) => {
        const removed = how === 'insert' ? 0 : bytes.length
        const head = issued.der.subarray(0, at)
        const tail = issued.der.subarray(at + removed)
        return Uint8Array.from([...head, ...(how === 'remove' ? [] : bytes), ...tail])
      })
    const nested = fc.nat({ max: 3000 }).map((depth) => {
      let der: number[] = []
      for (let level = 0; level < depth % 60; level++) der = [0x30, der.length, ...der]
      return Uint8Array.from(der)
    })
    const sequences = fc
      .uint8Array({ maxLength: 120 })
      .map((content) => Uint8Array.from([0x30, content.length, ...content]))
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, nested, sequences), async (der) => {
        const { answer } = await attempt(client, { cf: cloudflareOf({ der }) })
        if (!answer.ok) expect(answer.error.error).toBe('invalid_client')
      }),
      { numRuns: 500 },
    )
  })

  it('are refused when they nest as deep as fits: the parser has an end', async () => {
    const client = aClient({
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_subject_dn: 'CN=pay',
    })
    let der = Uint8Array.of(0x30, 0)
    while (der.length < 7000) {
      const header = der.length < 128 ? [0x30, der.length] : [0x30, 0x82, der.length >> 8, der.length & 255]
      der = Uint8Array.from([...header, ...der])
    }
    expect(await refusedFor(client, { cf: cloudflareOf({ der }) })).toMatch(/malformed/)
  })
})
