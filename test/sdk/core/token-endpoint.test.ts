import { createClock, createDpopKey, createNonces, requestTokens } from '@authly-server/core'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { answering, json, metadata } from './authorization-server.ts'

const tokens = { access_token: 'at', token_type: 'Bearer', expires_in: 60 }
const bound = { ...tokens, token_type: 'DPoP' }
const refused = (error: string, headers: Record<string, string> = {}) =>
  json({ error }, { status: 400, headers })

const needsOf = (fetch: Parameters<typeof requestTokens>[0]['fetch']) => ({
  fetch,
  metadata,
  clientId: 'garden',
})
const code = { grant_type: 'authorization_code', code: 'the-code' }

describe('the token endpoint (RFC 6749 §4.1.3, §5)', () => {
  it('gets the parameters and the client id of a public client, and no redirect is followed', async () => {
    const { fetch, requests } = answering(json(tokens))
    expect(
      await requestTokens(needsOf(fetch), { ...code, resource: ['a', 'b'], left_out: undefined }),
    ).toEqual(tokens)
    const [request] = requests as [Request]
    expect([request.method, request.url, request.redirect]).toEqual([
      'POST',
      metadata.token_endpoint,
      'manual',
    ])
    expect(await request.text()).toBe(
      'grant_type=authorization_code&code=the-code&resource=a&resource=b&client_id=garden',
    )
    expect(request.headers.get('authorization')).toBeNull()
  })

  it('gets the secret of a confidential client in a header, form-encoded first (§2.3.1)', async () => {
    const { fetch, requests } = answering(json(tokens))
    await requestTokens({ ...needsOf(fetch), clientId: 'a:b', clientSecret: 'ü %' }, code)
    const [request] = requests as [Request]
    expect(atob(request.headers.get('authorization')?.slice('Basic '.length) ?? '')).toBe('a%3Ab:%C3%BC+%25')
    expect(await request.text()).not.toContain('client_id')
  })

  it.each([
    ['another type (downgrade)', { ...tokens, token_type: 'mac' }],
    ['no type', { ...tokens, token_type: undefined }],
    ['an empty token', { ...tokens, access_token: '' }],
    ['no lifetime', { ...tokens, expires_in: undefined }],
    ['a lifetime that is over', { ...tokens, expires_in: 0 }],
    ['a lifetime that no timer knows', { ...tokens, expires_in: 1e12 }],
    ['a refresh token that is no text', { ...tokens, refresh_token: {} }],
  ])('an answer with %s is refused', async (_, answer) => {
    const { fetch } = answering(json(answer))
    await expect(requestTokens(needsOf(fetch), code)).rejects.toMatchObject({ code: 'invalid_response' })
  })

  it.each([
    ['text', () => new Response('<html>')],
    ['a list', () => json([tokens])],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
  ])('an answer that is %s is refused, with its status', async (_, answer) => {
    const { fetch } = answering(answer())
    await expect(requestTokens(needsOf(fetch), code)).rejects.toMatchObject({ code: 'invalid_response' })
  })

  it('a refusal has the words of the server and what its operators look for', async () => {
    const answer = json(
      { error: 'invalid_grant', error_description: 'the code is used' },
      { status: 400, headers: { 'x-request-id': 'r-1' } },
    )
    const { fetch } = answering(answer)
    await expect(requestTokens(needsOf(fetch), code)).rejects.toMatchObject({
      ...{ name: 'AuthlyError', code: 'invalid_grant', description: 'the code is used' },
      ...{ status: 400, requestId: 'r-1' },
    })
  })

  it('no error says what was sent', async () => {
    for (const answer of [new TypeError('offline'), refused('invalid_grant'), new Response('{'), json({})]) {
      const { fetch } = answering(answer)
      const error = await requestTokens({ ...needsOf(fetch), clientSecret: 'the-secret' }, code).catch(
        (e) => e,
      )
      const told = [String(error), JSON.stringify(error), error.stack, String(error.cause)].join()
      expect(told).not.toMatch(/the-code|the-secret/)
    }
  })
})

describe('the token endpoint with DPoP (RFC 9449 §5, §8)', () => {
  const open = async (...answers: (Response | Error)[]) => {
    const { fetch, requests } = answering(...answers)
    const clock = createClock()
    const dpop = { key: await createDpopKey(), nonces: createNonces() }
    const needs = { ...needsOf(fetch), dpop, clock }
    const proofs = () => requests.map(({ headers }) => decodeJwt(headers.get('dpop') ?? ''))
    return { ask: () => requestTokens(needs, code), proofs, clock }
  }

  it('a bearer token in place of a bound one is refused (downgrade, §5)', async () => {
    const { ask } = await open(json(tokens))
    await expect(ask()).rejects.toMatchObject({ code: 'invalid_response' })
  })

  it('repeats with the nonce that is asked for, and a jti of its own', async () => {
    const { ask, proofs } = await open(refused('use_dpop_nonce', { 'dpop-nonce': 'n1' }), json(bound))
    expect(await ask()).toEqual(bound)
    expect(proofs().map(({ nonce }) => nonce)).toEqual([undefined, 'n1'])
    expect(new Set(proofs().map(({ jti }) => jti)).size).toBe(2)
  })

  it('uses the newest nonce from then on', async () => {
    const { ask, proofs } = await open(json(bound, { headers: { 'dpop-nonce': 'n1' } }), json(bound))
    await ask()
    await ask()
    expect(proofs().map(({ nonce }) => nonce)).toEqual([undefined, 'n1'])
  })

  it('requests at the same time that get the same nonce are each repeated', async () => {
    const { fetch, requests } = answering(
      ...[
        refused('use_dpop_nonce', { 'dpop-nonce': 'n1' }),
        refused('use_dpop_nonce', { 'dpop-nonce': 'n1' }),
      ],
      ...[json(bound), json(bound)],
    )
    const dpop = { key: await createDpopKey(), nonces: createNonces() }
    const ask = () => requestTokens({ ...needsOf(fetch), dpop }, code)
    expect(await Promise.all([ask(), ask()])).toEqual([bound, bound])
    expect(requests).toHaveLength(4)
  })

  it('is not repeated without a nonce, nor for ever', async () => {
    const without = await open(refused('use_dpop_nonce'))
    await expect(without.ask()).rejects.toMatchObject({ code: 'use_dpop_nonce' })
    const ever = ['n1', 'n2', 'n3'].map((nonce) => refused('use_dpop_nonce', { 'dpop-nonce': nonce }))
    await expect((await open(...ever)).ask()).rejects.toMatchObject({ code: 'use_dpop_nonce' })
  })

  it('goes by the server’s clock when that refuses a proof', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString()
    const { ask, proofs, clock } = await open(
      refused('invalid_dpop_proof', { date }),
      json(bound, { headers: { date } }),
    )
    expect(await ask()).toEqual(bound)
    const [first, second] = proofs()
    expect((second?.iat ?? 0) - (first?.iat ?? 0)).toBeGreaterThan(3_590)
    expect(clock.offsetSeconds()).toBeGreaterThan(3_590)
  })

  it('a proof that is refused at the right time is not repeated', async () => {
    const { ask } = await open(refused('invalid_dpop_proof', { date: new Date().toUTCString() }))
    await expect(ask()).rejects.toMatchObject({ code: 'invalid_dpop_proof' })
  })
})
