import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { Client } from '../../../src/clients/client.ts'
import { baseRules } from '../../../src/clients/profile.ts'
import { sha256 } from '../../../src/kit/hash.ts'
import { createRootSecret } from '../../../src/kit/root-secret.ts'
import type { SenderNeeds } from '../../../src/oauth/sender-constraints/define-constraint.ts'
import { noncesOf } from '../../../src/oauth/sender-constraints/dpop-nonce.ts'
import { proveDpop } from '../../../src/oauth/sender-constraints/dpop-proof.ts'
import { dpopSigningAlgs } from '../../../src/protocol/dpop-words.ts'
import { aClient } from '../../fakes/client.ts'
import { createDpopKey, type DpopKey, type ProofOptions } from '../../fakes/dpop-key.ts'

const issuer = 'https://auth.example'
const url = `${issuer}/oauth/token`
const now = Date.UTC(2026, 0, 15, 12, 0, 30)
const key = await createDpopKey()
const other = await createDpopKey()

const needsAt = (time = now, config: Partial<SenderNeeds['config']> = {}, secret = 'A'): SenderNeeds => ({
  config: { issuer, dpopNonce: 'public_clients', ...config },
  root: createRootSecret(secret.repeat(43)),
  now: () => time,
})

interface Asked {
  readonly needs?: SenderNeeds
  readonly client?: Client
  readonly method?: string
  readonly accessToken?: string
  readonly requestUrl?: string
}

/** A request whose `DPoP` header is `proof`. */
function send(proof: string | undefined, asked: Asked = {}) {
  const { needs = needsAt(), client = aClient(), method = 'POST', accessToken, requestUrl = url } = asked
  const headers: Record<string, string> = proof === undefined ? {} : { dpop: proof }
  return proveDpop(needs, { request: new Request(requestUrl, { method, headers }), client, accessToken })
}

const prove = (options: ProofOptions = {}, by: DpopKey = key, to = url) => by.prove(to, { now, ...options })

/** What a proof is refused with, or nothing. */
async function refusalOf(proof: string | undefined, asked: Asked = {}) {
  const proven = await send(proof, asked)
  return proven.ok ? undefined : proven.error
}

const expectRefused = async (proof: string | undefined, why: RegExp, asked: Asked = {}) => {
  const refusal = await refusalOf(proof, asked)
  expect(refusal).toMatchObject({ error: 'invalid_dpop_proof', status: 400 })
  expect(refusal?.description).toMatch(why)
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** For headers that no library would sign. */
async function signText(input: string, { privateKey }: DpopKey): Promise<string> {
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(input))
  return `${input}.${Buffer.from(signature).toString('base64url')}`
}
const partsOf = (proof: string) => proof.split('.') as [string, string, string]

describe('a DPoP proof (RFC 9449 §4.3)', () => {
  it.each(dpopSigningAlgs)('of %s proves its key', async (alg) => {
    const signer = await createDpopKey(alg)
    const proven = await send(await prove({}, signer))
    expect(proven).toMatchObject({ ok: true, value: { thumbprint: signer.thumbprint } })
  })

  it('is that of RFC 9449 §5, with the thumbprint of §6.1', async () => {
    const vector =
      'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg'
    const needs = needsAt(1_562_262_620_000, { issuer: 'https://server.example.com' })
    const proven = await send(vector, { needs, requestUrl: 'https://inside/token' })
    const thumbprint = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
    expect(proven).toMatchObject({ ok: true, value: { thumbprint } })
  })

  it('is that of RFC 9449 §7.1, bound to its access token', async () => {
    const vector =
      'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA'
    const asked: Asked = {
      needs: needsAt(1_562_262_620_000, { issuer: 'https://resource.example.org' }),
      ...{ method: 'GET', requestUrl: 'https://inside/protectedresource' },
      accessToken: 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU',
    }
    expect(await send(vector, asked)).toMatchObject({ ok: true })
    expect(await refusalOf(vector, { ...asked, accessToken: 'another' })).toMatchObject({
      ...{ error: 'invalid_dpop_proof', status: 401 },
      challenge: expect.stringMatching(/^DPoP realm="authly", error="invalid_dpop_proof".*algs="ES256 /),
    })
  })

  it.each<[string, RegExp, ProofOptions]>([
    ['of another type', /type/, { header: { typ: 'JWT' } }],
    ['without type', /type/, { header: { typ: undefined } }],
    ['without key', /key/, { header: { jwk: undefined } }],
    ['with a key that is a text', /key/, { header: { jwk: 'key' } }],
    ['with another key than it was signed with', /signature/, { header: { jwk: other.publicJwk } }],
    ['with its private key (item 7)', /not public|not valid/, { header: { jwk: key.privateJwk } }],
    ['with a symmetric key', /key/, { header: { jwk: { kty: 'oct', k: 'AAAA' } } }],
    ['with a part of a private key', /public/, { header: { jwk: { ...key.publicJwk, k: 'AAAA' } } }],
    ['of a curve swapped for another', /key/, { header: { jwk: { ...key.publicJwk, crv: 'P-384' } } }],
    ['with a point that is not on the curve', /key/, { header: { jwk: { ...key.publicJwk, x: 'AAAA' } } }],
    ['with its key by reference only', /key/, { header: { jwk: undefined, jku: 'https://evil.example/' } }],
    ['with its key by id only', /key/, { header: { jwk: undefined, kid: 'k' } }],
    ['with a certificate only', /key/, { header: { jwk: undefined, x5c: ['AAAA'] } }],
    ['without jti', /jti/, { claims: { jti: undefined } }],
    ['with an empty jti', /jti/, { claims: { jti: '' } }],
    ['with a number as jti', /jti/, { claims: { jti: 1 } }],
    ['with a jti that fills storage', /jti/, { claims: { jti: 'x'.repeat(257) } }],
    ['for another method', /htm/, { method: 'GET' }],
    ['for the method in small letters (RFC 9110 §9.1)', /htm/, { method: 'post' }],
    ['without method', /htm/, { claims: { htm: undefined } }],
    ['without URL', /htu/, { claims: { htu: undefined } }],
    ['with a list of URLs', /htu/, { claims: { htu: [url] } }],
    ['for another path', /htu/, { claims: { htu: `${issuer}/oauth/par` } }],
    ['for a path below', /htu/, { claims: { htu: `${url}/x` } }],
    ['for another host', /htu/, { claims: { htu: 'https://evil.example/oauth/token' } }],
    ['for http', /htu/, { claims: { htu: 'http://auth.example/oauth/token' } }],
    ['for another port', /htu/, { claims: { htu: 'https://auth.example:8443/oauth/token' } }],
    [
      'for a host that only begins like ours',
      /htu/,
      { claims: { htu: `${issuer}.evil.example/oauth/token` } },
    ],
    [
      'for a user name like our host',
      /htu/,
      { claims: { htu: 'https://auth.example@evil.example/oauth/token' } },
    ],
    ['for our host with a user name', /htu/, { claims: { htu: 'https://me@auth.example/oauth/token' } }],
    ['for no URL at all', /htu/, { claims: { htu: '/oauth/token' } }],
    ['without iat', /iat/, { claims: { iat: undefined } }],
    ['with a text as iat', /not valid/, { claims: { iat: '1' } }],
    ['with an iat without end', /iat|not valid/, { claims: { iat: 1e300 } }],
    ['of 61 seconds ago', /long ago/, { now: now - 61_000 }],
    ['of 61 seconds from now (FAPI 2.0 §5.3.2.1)', /future/, { now: now + 61_000 }],
    ['that has expired', /not valid/, { claims: { exp: now / 1000 - 60 } }],
    ['that is not valid yet', /not valid/, { claims: { nbf: now / 1000 + 60 } }],
    ['with a nonce that is no text', /nonce/, { claims: { nonce: 5 } }],
  ])('%s is refused', async (_, why, options) => {
    await expectRefused(await prove(options), why)
  })

  it.each([
    'HTTPS://AUTH.EXAMPLE/oauth/token',
    'https://auth.example:443/oauth/token',
    'https://auth.example/oauth/./x/../token',
    'https://auth.example/oauth/%74oken',
    'https://auth.example/oauth/token?query=1#fragment',
  ])('may spell the URL %s (§4.3, RFC 3986 §6.2)', async (htu) => {
    expect(await refusalOf(await prove({ claims: { htu } }))).toBeUndefined()
  })

  it('is judged by the issuer, never by the host of the request', async () => {
    const evil = 'https://evil.example/oauth/token'
    await expectRefused(await prove({}, key, evil), /htu/, { requestUrl: evil })
    expect(await refusalOf(await prove(), { requestUrl: 'http://10.0.0.1:8080/oauth/token' })).toBeUndefined()
  })

  it.each([-59, 0, 10, 29])('of %i seconds from now is accepted', async (seconds) => {
    expect(await refusalOf(await prove({ now: now + seconds * 1000 }))).toBeUndefined()
  })

  it('is required where it is asked for', () => expectRefused(undefined, /required/))

  it('is one header: two are refused (item 1)', async () => {
    const [one, two] = [await prove(), await prove()]
    await expectRefused(`${one}, ${two}`, /not one JWS/)
    const headers = new Headers({ dpop: one })
    headers.append('dpop', two)
    const request = new Request(url, { method: 'POST', headers })
    expect(await proveDpop(needsAt(), { request, client: aClient() })).toMatchObject({ ok: false })
  })

  it('without signature is refused, whatever alg is called (RFC 8725 §3.1)', async () => {
    const [header, payload, signature] = partsOf(await prove())
    for (const alg of ['none', 'None', 'nOnE', '']) {
      const forged = `${encode({ alg, typ: 'dpop+jwt', jwk: key.publicJwk })}.${payload}`
      await expectRefused(`${forged}.`, /./)
      await expectRefused(`${forged}.${signature}`, /./)
    }
    await expectRefused(`${header}.${payload}.`, /./)
  })

  it('with a MAC made of the public key is refused (RFC 8725 §3.1)', async () => {
    const [, payload] = partsOf(await prove())
    for (const jwk of [key.publicJwk, { kty: 'oct', k: 'c2VjcmV0' }]) {
      const input = `${encode({ alg: 'HS256', typ: 'dpop+jwt', jwk })}.${payload}`
      for (const secret of [JSON.stringify(key.publicJwk), 'secret']) {
        const signature = createHmac('sha256', secret).update(input).digest('base64url')
        await expectRefused(`${input}.${signature}`, /algorithm/)
      }
    }
  })

  it('with a signature out of range is refused (CVE-2022-21449)', async () => {
    const [header, payload] = partsOf(await prove())
    for (const signature of [
      Buffer.alloc(64),
      Buffer.alloc(64, 255),
      Buffer.alloc(63, 1),
      Buffer.alloc(96, 1),
    ]) {
      await expectRefused(`${header}.${payload}.${signature.toString('base64url')}`, /signature/)
    }
  })

  it('in another spelling is refused: one signature has one text (RFC 7515 §2)', async () => {
    const proof = await prove()
    const [header, payload, signature] = partsOf(proof)
    for (const spelled of [
      `${proof}=`,
      `${header}.${payload} .${signature}`,
      `${proof}.`,
      `${header}.${payload}`,
    ]) {
      await expectRefused(spelled, /not one JWS/)
    }
  })

  it('within a proof, encrypted or as JSON is refused', async () => {
    const proof = await prove()
    await expectRefused(
      `${encode({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.publicJwk })}.${encode(proof)}.AAAA`,
      /./,
    )
    await expectRefused(`${proof}.AAAA.AAAA`, /not one JWS/)
    await expectRefused(JSON.stringify({ payload: 'e30', signatures: [] }), /not one JWS/)
  })

  it('with a member twice counts as its last one, for us and for its signature (RFC 7515 §4)', async () => {
    const [, payload] = partsOf(await prove())
    const twice = `{"alg":"ES256","typ":"dpop+jwt","jwk":${JSON.stringify(key.publicJwk)},"jwk":${JSON.stringify(other.publicJwk)}}`
    const sign = (by: DpopKey) => signText(`${Buffer.from(twice).toString('base64url')}.${payload}`, by)
    await expectRefused(await sign(key), /signature/)
    expect(await send(await sign(other))).toMatchObject({ ok: true, value: { thumbprint: other.thumbprint } })
  })

  it.each([
    { crit: ['x'], x: 1 },
    { crit: ['b64'], b64: false },
    { crit: ['jwk'] },
    { crit: [] },
    { crit: 'x' },
  ])('with a critical extension is refused: %o (RFC 7515 §4.1.11)', async (more) => {
    const [, payload] = partsOf(await prove())
    const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: key.publicJwk, ...more }
    await expectRefused(await signText(`${encode(header)}.${payload}`, key), /not valid/)
  })

  it('ignores kid, x5c and jku beside its key, and fetches nothing', async () => {
    const header = { kid: 'k', x5c: ['AAAA'], jku: 'https://127.0.0.1:1/', x5u: 'https://127.0.0.1:1/' }
    expect(await send(await prove({ header }))).toMatchObject({
      ok: true,
      value: { thumbprint: key.thumbprint },
    })
  })

  it('that is huge is refused before anything is computed', async () => {
    await expectRefused(await prove({ claims: { padding: 'x'.repeat(6000) } }), /too long/)
    const big = await createDpopKey('RS256')
    const jwk = { ...big.publicJwk, n: 'x'.repeat(5000) }
    await expectRefused(await prove({ header: { jwk } }, big), /too long|not valid/)
  })

  it('of an RSA key below 2048 bits is refused (RFC 7518 §3.3)', async () => {
    const { publicKey, privateKey } = (await crypto.subtle.generateKey(
      {
        name: 'RSASSA-PKCS1-v1_5',
        modulusLength: 1024,
        publicExponent: new Uint8Array([1, 0, 1]),
        hash: 'SHA-256',
      },
      true,
      ['sign', 'verify'],
    )) as CryptoKeyPair
    const jwk = await crypto.subtle.exportKey('jwk', publicKey)
    const input = `${encode({ alg: 'RS256', typ: 'dpop+jwt', jwk })}.${partsOf(await prove())[1]}`
    const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, Buffer.from(input))
    await expectRefused(`${input}.${Buffer.from(signature).toString('base64url')}`, /key/)
  })

  it('obeys the algorithms of the client’s profile', async () => {
    const client = aClient({ rules: { ...baseRules, signing_algs: ['PS256', 'EdDSA'] } })
    await expectRefused(await prove(), /algorithm/, { client })
    const allowed = await createDpopKey('PS256')
    expect(await refusalOf(await prove({}, allowed), { client })).toBeUndefined()
  })

  it('is identified by key and jti, until nobody accepts it any more', async () => {
    const claims = { jti: 'one' }
    const useOf = async (proof: string) => {
      const proven = await send(proof)
      return proven.ok ? proven.value.use : undefined
    }
    const first = await useOf(await prove({ claims }))
    expect(first).toEqual({
      proof_hash: await sha256(`${key.thumbprint} one`),
      keep_until: Math.floor(now / 1000 + 60) * 1000,
    })
    expect(await useOf(await prove({ claims }))).toEqual(first)
    expect((await useOf(await prove({ claims }, other)))?.proof_hash).not.toBe(first?.proof_hash)
  })
})

describe('the nonce of a DPoP proof (RFC 9449 §8)', () => {
  const openClient = aClient({ token_endpoint_auth_method: 'none' })
  const nonceAt = async (time: number) => (await noncesOf(needsAt(time))).current

  it('is offered with every answer', async () => {
    const headers = { 'dpop-nonce': await nonceAt(now) }
    expect(await send(await prove())).toMatchObject({ ok: true, value: { headers } })
    expect(await refusalOf('x')).toMatchObject({ headers })
  })

  it('is demanded of public clients, and with it they are served', async () => {
    const refusal = await refusalOf(await prove(), { client: openClient })
    expect(refusal).toMatchObject({ error: 'use_dpop_nonce', status: 400 })
    const nonce = refusal?.headers?.['dpop-nonce']
    expect(await refusalOf(await prove({ nonce }), { client: openClient })).toBeUndefined()
  })

  it('is demanded with a challenge at resources (§9)', async () => {
    const proof = await prove({ accessToken: 'token' })
    expect(await refusalOf(proof, { client: openClient, accessToken: 'token' })).toMatchObject({
      ...{ error: 'use_dpop_nonce', status: 401, headers: { 'dpop-nonce': await nonceAt(now) } },
      // First: requests-oauth2client sends the nonce only then.
      challenge: expect.stringMatching(
        /^DPoP realm="authly", error="use_dpop_nonce".*, Bearer realm="authly"$/,
      ),
    })
  })

  it.each([
    ['every_client', aClient(), 'use_dpop_nonce'],
    ['every_client', openClient, 'use_dpop_nonce'],
    ['public_clients', aClient(), undefined],
    ['no_client', openClient, undefined],
  ] as const)('as configured: %s', async (dpopNonce, client, error) => {
    const needs = needsAt(now, { dpopNonce })
    expect((await refusalOf(await prove(), { needs, client }))?.error).toBe(error)
  })

  it('that is there is checked, whoever sends it', async () => {
    for (const nonce of ['made-up', '', (await noncesOf(needsAt(now, {}, 'B'))).current]) {
      expect(await refusalOf(await prove({ nonce }))).toMatchObject({ error: 'use_dpop_nonce' })
    }
  })

  it('is known to every isolate with the root secret, also over the end of its time', async () => {
    const minutes = 60_000
    for (const given of [-9, -5, -1, 0]) {
      const span = Math.floor((now + given * minutes) / 300_000)
      const isRecent = span >= Math.floor(now / 300_000) - 1
      const nonce = await nonceAt(now + given * minutes)
      const error = (await refusalOf(await prove({ nonce })))?.error
      expect([given, error]).toEqual([given, isRecent ? undefined : 'use_dpop_nonce'])
    }
    // Given by an isolate whose clock is ahead.
    expect(await refusalOf(await prove({ nonce: await nonceAt(now + 300_000) }))).toBeUndefined()
    expect(await refusalOf(await prove({ nonce: await nonceAt(now + 600_000) }))).toMatchObject({
      error: 'use_dpop_nonce',
    })
  })

  it('is computed once for a request that has the current one', async () => {
    const needs = needsAt()
    const mac = vi.spyOn(needs.root, 'mac')
    const proven = await send(await prove({ nonce: await nonceAt(now) }), { needs })
    expect(proven.ok).toBe(true)
    expect(mac).toHaveBeenCalledTimes(1)
  })
})

describe('whatever a DPoP header holds', () => {
  const isCalm = async (proof: string) => {
    const proven = await send(proof)
    if (!proven.ok) expect(['invalid_dpop_proof', 'use_dpop_nonce']).toContain(proven.error.error)
    return proven
  }
  const printable = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  })
  /** Once they broke something, or could have. */
  const corpus: [string][] = [
    ['.'],
    ['..'],
    ['e30.e30.e30'],
    ['bnVsbA.bnVsbA.bnVsbA'],
    ['W10.W10.AA'],
    ['eyJhbGciOiJFUzI1NiJ9.e30.AA'],
  ]

  it('is refused in the words of the RFC: any text', () =>
    fc.assert(
      fc.asyncProperty(printable, async (text) => {
        expect((await isCalm(text || 'x')).ok).toBe(false)
      }),
      { examples: corpus },
    ))

  it('is refused in the words of the RFC: any JSON as header and payload, signed', () =>
    fc.assert(
      fc.asyncProperty(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.uint8Array({ maxLength: 70 }),
        async (header, payload, bytes) => {
          const head = typeof header === 'object' && !Array.isArray(header) ? header : { jwk: header }
          const jws = `${encode({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.publicJwk, ...head })}.${encode(payload)}`
          expect((await isCalm(`${jws}.${Buffer.from(bytes).toString('base64url')}`)).ok).toBe(false)
        },
      ),
    ))

  it('is refused in the words of the RFC, or right: any claims, well signed', () =>
    fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.constantFrom('jti', 'htm', 'htu', 'iat', 'ath', 'nonce', 'exp', 'nbf'),
          fc.jsonValue(),
        ),
        async (claims) => {
          const proven = await isCalm(await prove({ claims }))
          if (proven.ok) expect(proven.value.thumbprint).toBe(key.thumbprint)
        },
      ),
    ))

  it('is refused in the words of the RFC, or right: any key', async () => {
    const member = fc.constantFrom('kty', 'crv', 'x', 'y', 'n', 'e', 'd', 'alg', 'use', 'key_ops', 'ext')
    await fc.assert(
      fc.asyncProperty(fc.dictionary(member, fc.jsonValue()), async (changes) => {
        const proven = await isCalm(await prove({ header: { jwk: { ...key.publicJwk, ...changes } } }))
        if (proven.ok) expect(proven.value.thumbprint).toBe(key.thumbprint)
      }),
    )
  })
})
