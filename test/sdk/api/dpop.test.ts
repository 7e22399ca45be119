/** What a bound token needs beside the rules of `sdk/vectors/dpop.json`: memory, nonces, proxies (RFC 9449). */
import { ApiAuthError, type ApiVerifierOptions, createDpopNonces, rememberProofs } from '@authly-server/api'
import { createDpopKey, type DpopKey, dpopProof } from '@authly-server/core'
import { describe, expect, it } from 'vitest'
import { audience, createIssuerAndApi } from './issuer.ts'

const url = `${audience}/orders`

/** An application whose tokens are bound to a key, as the SDK for browsers makes its proofs. */
async function scene(options?: ApiVerifierOptions) {
  const network = await createIssuerAndApi(options)
  const key = await createDpopKey()
  const token = await network.tokenOf({ claims: { cnf: { jkt: key.thumbprint } } })
  const prove = (more: { url?: string; nonce?: string; key?: DpopKey } = {}) =>
    dpopProof(more.key ?? key, {
      ...{ method: 'GET', url, accessToken: token, ...more },
      clockOffsetSeconds: Math.round((network.state.now - Date.now()) / 1000),
    })
  const ask = (proof: string, to = url, headers: Record<string, string> = {}) =>
    network.api.verify(
      new Request(to, { headers: { authorization: `DPoP ${token}`, dpop: proof, ...headers } }),
    )
  const refusal = async (proof: string, to?: string, headers?: Record<string, string>) => {
    const error = await ask(proof, to, headers).catch((reason: unknown) => reason)
    if (!(error instanceof ApiAuthError)) throw new Error('not refused', { cause: error })
    return error
  }
  return { ...network, key, token, prove, ask, refusal }
}

describe('a bound token', () => {
  it('counts with a proof of its key, which the SDK makes', async () => {
    const { ask, prove, key } = await scene()
    expect(await ask(await prove())).toMatchObject({
      tokenType: 'DPoP',
      confirmation: { jkt: key.thumbprint },
    })
  })

  it('as a bearer token is refused with the challenge of DPoP first (RFC 9449 §7.2)', async () => {
    const { api, token } = await scene()
    const request = new Request(url, { headers: { authorization: `Bearer ${token}` } })
    const error = (await api.verify(request).catch((reason: unknown) => reason)) as ApiAuthError
    expect(error.headers['www-authenticate']).toMatch(
      /^DPoP error="invalid_token", error_description="[^"]+", algs="ES256 /,
    )
  })

  it('of another client is refused with a proof that is right for this one', async () => {
    const { refusal, prove } = await scene()
    const thief = await createDpopKey()
    expect((await refusal(await prove({ key: thief }))).code).toBe('invalid_token')
  })

  it('of two requests with one proof at the same moment one is served (RFC 9449 §11.1)', async () => {
    const { ask, prove } = await scene()
    const proof = await prove()
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => ask(proof)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('a proof is not used up by a request that is refused', async () => {
    const { api, token, ask, prove } = await scene()
    const proof = await prove()
    const request = new Request(url, { headers: { authorization: `DPoP ${token}`, dpop: proof } })
    await expect(api.verify(request, { scopes: ['admin'] })).rejects.toMatchObject({ status: 403 })
    expect((await ask(proof)).sub).toBe('user-1')
  })
})

describe('the memory of used proofs', () => {
  it('forgets what could not be presented any more', () => {
    let now = 0
    const used = rememberProofs({ capacity: 2, now: () => now })
    expect([used.use('a', 60), used.use('b', 60), used.use('a', 60)]).toEqual([true, true, false])
    now = 61_000
    expect([used.use('c', 120), used.use('d', 120)]).toEqual([true, true])
  })

  it('serves nobody when it is full: nothing that counts is forgotten to make room', async () => {
    const { ask, refusal, prove } = await scene({ usedProofs: rememberProofs({ capacity: 2, now: () => 0 }) })
    const seen = await prove()
    await ask(seen)
    await ask(await prove())
    expect(await refusal(await prove())).toMatchObject({ code: 'temporarily_unavailable', status: 503 })
    expect(await refusal(seen)).toMatchObject({ code: 'invalid_dpop_proof' })
  })

  it('does not grow beyond its capacity, whatever comes', () => {
    let now = 0
    const used = rememberProofs({ capacity: 100, now: () => now })
    let taken = 0
    for (let count = 0; count < 10_000; count++) {
      now += 100
      try {
        if (used.use(String(count), Math.floor(now / 1000) + 5)) taken += 1
      } catch {
        // Full.
      }
    }
    // Fifty are good at a time, so there was always room.
    expect(taken).toBe(10_000)
  })

  it('may be somewhere else: its key tells nothing, and its failure is no permission', async () => {
    const keys: string[] = []
    const usedProofs = {
      use: async (key: string) => {
        keys.push(key)
        if (keys.length > 1) throw new Error('connection refused')
        return true
      },
    }
    const { ask, refusal, prove, key } = await scene({ usedProofs })
    await ask(await prove())
    expect(keys[0]).toMatch(/^[\w-]{43}$/)
    expect(keys[0]).not.toContain(key.thumbprint)
    expect((await refusal(await prove())).code).toBe('temporarily_unavailable')
  })
})

describe('nonces (RFC 9449 §9)', () => {
  const secret = Buffer.alloc(32, 7).toString('base64url')

  it('are told with a refusal and with the response, and count for a while', async () => {
    let now = Date.UTC(2030, 0, 1)
    const { ask, refusal, prove } = await scene({
      dpopNonces: createDpopNonces({ secret, now: () => now }),
    })
    const refused = await refusal(await prove())
    expect(refused).toMatchObject({ code: 'use_dpop_nonce', status: 401 })
    const nonce = refused.headers['dpop-nonce'] as string
    expect(refused.toResponse().headers.get('access-control-expose-headers')).toContain('DPoP-Nonce')
    expect((await ask(await prove({ nonce }))).dpopNonce).toBe(nonce)
    now += 300_000
    expect((await ask(await prove({ nonce }))).dpopNonce).not.toBe(nonce)
    now += 300_000
    expect((await refusal(await prove({ nonce }))).code).toBe('use_dpop_nonce')
  })

  it('are the same for all instances with one secret, and others with another', async () => {
    const other = Buffer.alloc(32, 8).toString('base64url')
    const [one, two, three] = [secret, secret, other].map((each) =>
      createDpopNonces({ secret: each, now: () => 0 }),
    )
    const nonce = (await one?.current()) as string
    expect(await two?.isRecent(nonce)).toBe(true)
    expect(await three?.isRecent(nonce)).toBe(false)
  })

  it('need a secret of 32 bytes', () => {
    expect(() => createDpopNonces({ secret: 'c2hvcnQ' })).toThrow(TypeError)
  })
})

describe('behind a proxy', () => {
  it('htu is the URL that clients call, as configured', async () => {
    const { ask, prove } = await scene({ publicUrl: 'https://example.com/api' })
    const proof = await prove({ url: 'https://example.com/api/orders?page=2' })
    expect((await ask(proof, 'http://10.0.0.7:8080/orders?page=2')).sub).toBe('user-1')
  })

  it('what the sender says of the address counts for nothing', async () => {
    const { refusal, prove } = await scene({ publicUrl: 'https://example.com' })
    const proof = await prove({ url: 'https://other.example/orders' })
    const error = await refusal(proof, 'https://other.example/orders', {
      'x-forwarded-host': 'other.example',
      forwarded: 'host=other.example;proto=https',
    })
    expect(error.code).toBe('invalid_dpop_proof')
  })

  it('a function knows better', async () => {
    const { ask, prove } = await scene({ publicUrl: ({ url: own }) => own.replace('http:', 'https:') })
    expect((await ask(await prove(), url.replace('https:', 'http:'))).sub).toBe('user-1')
  })
})

describe('a token that is bound to a client certificate (RFC 8705 §3)', () => {
  const thumbprint = 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2'
  const outcome = async (clientCertificate?: ApiVerifierOptions['clientCertificate']) => {
    const { api, tokenOf } = await createIssuerAndApi(clientCertificate ? { clientCertificate } : {})
    const token = await tokenOf({ claims: { cnf: { 'x5t#S256': thumbprint } } })
    return api.verify(new Request(url, { headers: { authorization: `Bearer ${token}` } })).then(
      ({ confirmation }) => confirmation,
      ({ code }: ApiAuthError) => code,
    )
  }

  it('needs that certificate, and somebody who knows which one there was', async () => {
    expect(await outcome()).toBe('invalid_token')
    expect(await outcome(() => undefined)).toBe('invalid_token')
    expect(await outcome(() => 'another')).toBe('invalid_token')
    expect(await outcome(async () => thumbprint)).toEqual({ 'x5t#S256': thumbprint })
  })
})
