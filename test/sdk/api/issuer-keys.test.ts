/** The issuer's keys: read when needed, rotated, not for whoever makes up a kid, and there when the issuer is not. */
import { ApiAuthError } from '@authly-server/api'
import { describe, expect, it } from 'vitest'
import { createIssuerAndApi, createIssuerKey, issuer, requestWith, type TokenChanges } from './issuer.ts'

const minute = 60_000

async function scene() {
  const network = await createIssuerAndApi()
  const { api, tokenOf } = network
  /** The code of the refusal, or `ok`. */
  const ask = async (changes?: TokenChanges): Promise<string> => {
    const request = requestWith(`Bearer ${await tokenOf(changes)}`)
    return api.verify(request).then(
      () => 'ok',
      (error: unknown) => {
        if (!(error instanceof ApiAuthError)) throw error
        return error.code
      },
    )
  }
  return { ...network, ask }
}

describe("the issuer's keys", () => {
  it('are not read before the first token, then once for all', async () => {
    const { ask, state } = await scene()
    expect(state.reads).toBe(0)
    expect(await Promise.all(Array.from({ length: 20 }, () => ask()))).toEqual(Array(20).fill('ok'))
    state.now += 9 * minute
    expect(await ask()).toBe('ok')
    expect(state.reads).toBe(1)
  })

  it('are read again for a new key, once for all who wait for it (RFC 7517 §4.5)', async () => {
    const { ask, state } = await scene()
    await ask()
    const next = await createIssuerKey('next')
    state.keys = [...state.keys, next]
    state.now += 20_000
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask({ key: next })))
    expect(answers).toEqual(Array(20).fill('ok'))
    expect(state.reads).toBe(2)
  })

  it('are not read again for each kid that somebody makes up', async () => {
    const { ask, state } = await scene()
    await ask()
    const foreign = await createIssuerKey('made-up')
    for (let count = 0; count < 60; count++) {
      state.now += 1_000
      expect(await ask({ key: foreign, header: { kid: `made-up-${count}` } })).toBe('invalid_token')
    }
    // At most one in ten seconds.
    expect(state.reads).toBeLessThanOrEqual(1 + 6)
    expect(await ask()).toBe('ok')
  })

  it('that were taken away count no more when the set is old', async () => {
    const { ask, state, first } = await scene()
    await ask()
    state.keys = [await createIssuerKey('next')]
    state.now += 11 * minute
    expect(await ask({ key: first })).toBe('invalid_token')
  })

  it('count through an outage of the issuer, for a day', async () => {
    const { ask, state } = await scene()
    await ask()
    state.isDown = true
    for (const hours of [1, 5, 17]) {
      state.now += hours * 60 * minute
      expect(await ask()).toBe('ok')
    }
    state.now += 60 * minute
    expect(await ask()).toBe('temporarily_unavailable')
    state.isDown = false
    state.now += 2_000
    expect(await ask()).toBe('ok')
  })

  it('that cannot be read say nothing about a token: 503, and Retry-After (RFC 9110 §10.2.3)', async () => {
    const { api, tokenOf, state } = await scene()
    state.isDown = true
    const error = await api
      .verify(requestWith(`Bearer ${await tokenOf()}`))
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ status: 503, code: 'temporarily_unavailable' })
    const response = (error as ApiAuthError).toResponse()
    expect(response.headers.get('retry-after')).toBe('5')
    expect(response.headers.has('www-authenticate')).toBe(false)
  })

  it('are not asked for by every request while the issuer is down', async () => {
    const { ask, state } = await scene()
    state.isDown = true
    for (let count = 0; count < 100; count++) {
      state.now += 100
      expect(await ask()).toBe('temporarily_unavailable')
    }
    // At most one in two seconds.
    expect(state.asked.length).toBeLessThanOrEqual(1 + 5)
  })

  it('old ones are used by the others while one asks', async () => {
    const { ask, state } = await scene()
    await ask()
    state.now += 11 * minute
    let open: (value?: unknown) => void = () => undefined
    state.gate = new Promise((resolve) => {
      open = resolve
    })
    const asking = ask()
    expect(await Promise.all([ask(), ask()])).toEqual(['ok', 'ok'])
    open()
    expect(await asking).toBe('ok')
    expect(state.reads).toBe(2)
  })

  it('come only from the issuer: nothing that a token says is fetched, no redirect is followed', async () => {
    const { ask, state } = await scene()
    const foreign = await createIssuerKey('first')
    const header = { jku: 'https://auth.evil/jwks', x5u: 'https://auth.evil/x5u', jwk: foreign.publicJwk }
    expect(await ask({ key: foreign, header })).toBe('invalid_token')
    expect(state.asked.map((request) => [new URL(request.url).origin, request.redirect])).toEqual([
      [issuer, 'manual'],
      [issuer, 'manual'],
    ])
    const moved = await scene()
    moved.state.answers.set('/jwks', () => Response.redirect('https://auth.evil/jwks'))
    expect(await moved.ask()).toBe('temporarily_unavailable')
  })

  it.each([
    ['the discovery document of another issuer (RFC 8414 §3.3)', { issuer: 'https://auth.evil' }],
    ['keys without TLS', { jwks_uri: 'http://auth.example/jwks' }],
  ])('are not taken from %s', async (_name, change) => {
    const { ask, state } = await scene()
    state.answers.set('/.well-known/openid-configuration', () =>
      Response.json({
        ...{ issuer, jwks_uri: `${issuer}/jwks` },
        ...{ authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, ...change },
      }),
    )
    expect(await ask()).toBe('temporarily_unavailable')
    expect(state.reads).toBe(0)
  })

  it.each([
    ['no JSON', () => new Response('<html>')],
    ['no set', () => Response.json({ keys: 'none' })],
    ['an error', () => new Response('{}', { status: 500 })],
  ])('stay when the answer is %s', async (_name, answer) => {
    const { ask, state } = await scene()
    await ask()
    state.answers.set('/jwks', answer)
    state.now += 11 * minute
    expect(await ask()).toBe('ok')
  })

  it('that are odd are left out, the others count', async () => {
    const { ask, state, first } = await scene()
    state.answers.set('/jwks', () =>
      Response.json({
        keys: [
          ...[null, 'key', {}, [], { kid: 1 }],
          { kty: 'oct', kid: 'secret', alg: 'HS256', k: 'c2VjcmV0', use: 'sig' },
          { kty: 'EC', kid: 'no-alg', crv: 'P-256', x: 'x', y: 'y' },
          first.publicJwk,
        ],
      }),
    )
    expect(await ask()).toBe('ok')
  })
})
