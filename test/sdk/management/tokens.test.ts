/** Tokens of a service account: cached, ahead of time, one request at a time, and a new one after a refusal. */
import { createManagement, Unauthorized } from '@authly-server/management'
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { invalidToken, type Loopback, problem, startLoopback } from './loopback.ts'

let server: Loopback

beforeEach(async () => {
  server = await startLoopback()
  server.say({ body: { id: 'u1' }, headers: { etag: '"1"' } })
})
afterEach(async () => {
  vi.useRealTimers()
  await server.close()
})

const service = () =>
  createManagement({ issuer: server.issuer, clientId: 'service', clientSecret: 'sécret: 100%' })
const tokensUsed = () => server.asked.map(({ headers }) => headers.authorization)

describe('the token of a service account', () => {
  it('is asked for once by twenty calls at a time, with the secret as RFC 6749 §2.3.1 encodes it', async () => {
    const management = service()
    await Promise.all(Array.from({ length: 20 }, () => management.users.get('u1')))
    expect(server.askedForTokens).toHaveLength(1)
    expect(server.askedForTokens[0]?.body).toBe('grant_type=client_credentials')
    const [, basic = ''] = server.askedForTokens[0]?.headers.authorization?.split(' ') ?? []
    expect(atob(basic)).toBe('service:s%C3%A9cret%3A+100%25')
    expect(new Set(tokensUsed())).toEqual(new Set(['Bearer token-1']))
  })

  it('is renewed ahead of time, while the old one still serves', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
    const management = service()
    await management.users.get('u1')
    vi.setSystemTime(1_000_000 + 239_000)
    await management.users.get('u1')
    expect(server.askedForTokens).toHaveLength(1)
    let release = () => {}
    server.sayForTokens(async () => {
      await new Promise<void>((resolve) => (release = resolve))
      return { body: { access_token: 'token-2', token_type: 'Bearer', expires_in: 300 } }
    })
    vi.setSystemTime(1_000_000 + 241_000)
    // Nobody waits for the new one.
    await Promise.all([management.users.get('u1'), management.users.get('u1')])
    expect(new Set(tokensUsed())).toEqual(new Set(['Bearer token-1']))
    await vi.waitFor(() => expect(server.askedForTokens).toHaveLength(2))
    release()
    await vi.waitFor(async () => {
      await management.users.get('u1')
      expect(tokensUsed().at(-1)).toBe('Bearer token-2')
    })
    expect(server.askedForTokens).toHaveLength(2)
  })

  it('is waited for when the old one has ended', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
    const management = service()
    await management.users.get('u1')
    vi.setSystemTime(1_000_000 + 296_000)
    await management.users.get('u1')
    expect(tokensUsed()).toEqual(['Bearer token-1', 'Bearer token-2'])
  })

  it('is replaced once by all who hear that it is not valid (RFC 6750 §3.1)', async () => {
    const management = service()
    await management.users.get('u1')
    server.say(({ headers }) =>
      headers.authorization === 'Bearer token-1'
        ? invalidToken
        : { body: { id: 'u1' }, headers: { etag: '"1"' } },
    )
    await Promise.all(Array.from({ length: 10 }, () => management.users.get('u1')))
    expect(server.askedForTokens).toHaveLength(2)
  })

  it('is replaced once a call, and no more', async () => {
    server.say(invalidToken)
    await expect(service().users.get('u1')).rejects.toBeInstanceOf(Unauthorized)
    expect(server.asked).toHaveLength(2)
    expect(server.askedForTokens).toHaveLength(2)
  })

  it('keeps the key of a call that is sent again with a new one', async () => {
    server.say(invalidToken, { status: 204 })
    await service().users.disable('u1')
    const [first, second] = server.asked
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
  })

  it('is asked for again when the server is busy', async () => {
    server.sayForTokens('cut', problem(503, 'temporarily_unavailable', { 'retry-after': '0' }))
    await service().users.get('u1')
    expect(server.askedForTokens).toHaveLength(3)
  })

  it('is not asked for again when the client is refused, and later calls ask anew', async () => {
    server.sayForTokens({ status: 401, body: { error: 'invalid_client', error_description: 'no' } })
    const management = service()
    await expect(management.users.get('u1')).rejects.toMatchObject({ code: 'invalid_client', status: 401 })
    expect(server.askedForTokens).toHaveLength(1)
    await management.users.get('u1')
    expect(server.askedForTokens).toHaveLength(2)
  })

  it.each([
    ['no token', { expires_in: 300, token_type: 'Bearer' }],
    ['no lifetime', { access_token: 't', token_type: 'Bearer' }],
    ['a token of another type: a downgrade', { access_token: 't', token_type: 'DPoP', expires_in: 300 }],
  ])('is refused when the answer has %s', async (_, body) => {
    server.sayForTokens({ body })
    await expect(service().users.get('u1')).rejects.toMatchObject({ code: 'invalid_response' })
    expect(server.asked).toEqual([])
  })

  it('waits for nobody whose signal has ended', async () => {
    server.sayForTokens((): undefined => undefined)
    const stop = new AbortController()
    const waiting = service().users.get('u1', { signal: stop.signal })
    await vi.waitFor(() => expect(server.askedForTokens).toHaveLength(1))
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })

  it('is asked for again when nobody hears of the first request any more, as on Workers', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    // The request that asked for it has ended, and took the connection along: no answer, no error.
    server.sayForTokens((): undefined => undefined)
    const management = service()
    void management.users.get('u1').catch(() => undefined)
    await vi.waitFor(() => expect(server.askedForTokens).toHaveLength(1))
    const reading = management.users.get('u1')
    await vi.advanceTimersByTimeAsync(5000)
    expect(await reading).toMatchObject({ id: 'u1' })
    expect(server.askedForTokens).toHaveLength(2)
  })

  it('is not taken from a discovery document of another issuer (RFC 8414 §3.3)', async () => {
    const management = createManagement({
      ...{ issuer: server.issuer, clientId: 'service', clientSecret: 'secret' },
      fetch: async (request) =>
        request.url.includes('.well-known')
          ? Response.json({ issuer: 'https://evil.example', token_endpoint: 'https://evil.example/token' })
          : fetch(request),
    })
    await expect(management.users.get('u1')).rejects.toMatchObject({ code: 'issuer_mismatch' })
    expect(server.askedForTokens).toEqual([])
  })
})

describe('a token function', () => {
  it('hears which token was refused, and is asked no more than that', async () => {
    const refused: unknown[] = []
    const management = createManagement({
      issuer: server.issuer,
      token: (context) => {
        refused.push(context.refused)
        return context.refused === undefined ? 'old' : 'new'
      },
    })
    server.say(invalidToken, { body: { id: 'u1' }, headers: { etag: '"1"' } })
    await management.users.get('u1')
    expect(tokensUsed()).toEqual(['Bearer old', 'Bearer new'])
    expect(refused).toEqual([undefined, 'old'])
  })

  it('that has no other token ends the call with the refusal', async () => {
    server.say(invalidToken)
    const management = createManagement({ issuer: server.issuer, token: () => 'only' })
    await expect(management.users.get('u1')).rejects.toBeInstanceOf(Unauthorized)
    expect(server.asked).toHaveLength(1)
  })
})

describe('private_key_jwt (RFC 7523)', () => {
  it.each(['ES256', 'PS256', 'RS256', 'EdDSA'])('signs with %s, anew for each request', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = {
      ...(await exportJWK(privateKey)),
      alg,
      kid: 'k1',
      use: 'sig',
      key_ops: ['sign'],
    } as JsonWebKey
    server.sayForTokens('cut')
    await createManagement({ issuer: server.issuer, clientId: 'service', privateKey: jwk }).users.get('u1')
    const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), alg, kid: 'k1' } as JWK] })
    const ids: unknown[] = []
    for (const { body, headers } of server.askedForTokens) {
      const form = new URLSearchParams(body)
      expect(headers.authorization).toBeUndefined()
      expect(form.get('client_id')).toBe('service')
      expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
      const { payload } = await jwtVerify(form.get('client_assertion') ?? '', keys, {
        ...{ issuer: 'service', subject: 'service', audience: server.issuer, maxTokenAge: 60 },
      })
      ids.push(payload.jti)
    }
    expect(new Set(ids).size).toBe(2)
  })
})

describe('DPoP (RFC 9449)', () => {
  it('proves each request anew, with the nonce that the server asks for', async () => {
    server.tokenType = 'DPoP'
    const management = createManagement({
      ...{ issuer: server.issuer, clientId: 'service', clientSecret: 'secret', dpop: true },
    })
    server.say(
      problem(401, 'use_dpop_nonce', {
        'www-authenticate': 'DPoP error="use_dpop_nonce"',
        'dpop-nonce': 'nonce-1',
      }),
      { body: { id: 'u1' }, headers: { etag: '"1"' } },
    )
    await management.users.get('u1', { at: '2026-01-01T00:00:00Z' })
    const proofs = server.asked.map(({ headers }) => claimsOf(String(headers['dpop'])))
    expect(proofs.map(({ nonce }) => nonce)).toEqual([undefined, 'nonce-1'])
    expect(proofs.map(({ htu }) => htu)).toEqual(Array(2).fill(`${server.issuer}/admin/users/u1`))
    expect(new Set(proofs.map(({ jti }) => jti)).size).toBe(2)
    expect(tokensUsed()).toEqual(Array(2).fill('DPoP token-1'))
    expect(server.askedForTokens).toHaveLength(1)
  })

  it('asks once for a nonce, whatever the server says', async () => {
    server.tokenType = 'DPoP'
    let count = 0
    server.say(() =>
      problem(401, 'use_dpop_nonce', {
        'www-authenticate': 'DPoP error="use_dpop_nonce"',
        'dpop-nonce': `nonce-${++count}`,
      }),
    )
    const options = { issuer: server.issuer, clientId: 'service', clientSecret: 'secret', dpop: true }
    await expect(createManagement(options).users.get('u1')).rejects.toMatchObject({ code: 'use_dpop_nonce' })
    expect(server.asked).toHaveLength(2)
  })
})

const claimsOf = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
