import { discoverOnce } from '@authly-server/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { answering, issuer, json, metadata } from './authorization-server.ts'

afterEach(() => vi.useRealTimers())

describe('discovery (OpenID Connect Discovery §4, RFC 8414)', () => {
  it('reads the document of the issuer once, also for callers at the same time, and again after an hour', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { fetch, requests } = answering(json(metadata), json(metadata))
    const read = discoverOnce(issuer, fetch)
    expect(await Promise.all([read(), read()])).toEqual([metadata, metadata])
    expect(requests.map(({ url }) => url)).toEqual([`${issuer}/.well-known/openid-configuration`])
    vi.setSystemTime(Date.now() + 3_600_001)
    await read()
    expect(requests).toHaveLength(2)
  })

  it('reads it again when what it said did not work', async () => {
    const moved = { ...metadata, jwks_uri: `${issuer}/moved` }
    const { fetch, requests } = answering(json(metadata), json(moved))
    const read = discoverOnce(issuer, fetch)
    await read()
    read.forget()
    expect(await read()).toEqual(moved)
    expect(requests).toHaveLength(2)
  })

  it('of an issuer with a path has the path in front (§4.1)', async () => {
    const tenant = `${issuer}/tenant/`
    const { fetch, requests } = answering(json({ ...metadata, issuer: tenant }))
    await discoverOnce(tenant, fetch)()
    expect(requests[0]?.url).toBe(`${issuer}/tenant/.well-known/openid-configuration`)
  })

  it('keeps no failure', async () => {
    const { fetch } = answering(new TypeError('offline'), new Response('', { status: 503 }), json(metadata))
    const read = discoverOnce(issuer, fetch)
    await expect(read()).rejects.toMatchObject({ code: 'network_error' })
    await expect(read()).rejects.toMatchObject({ code: 'invalid_response', status: 503 })
    expect(await read()).toEqual(metadata)
  })

  it.each([
    ['of another issuer (mix-up, RFC 8414 §3.3)', { issuer: 'https://evil.example' }, 'issuer_mismatch'],
    ['of the issuer with a slash', { issuer: `${issuer}/` }, 'issuer_mismatch'],
    ['without a token endpoint', { token_endpoint: undefined }, 'invalid_response'],
    [
      'with a token endpoint without TLS',
      { token_endpoint: 'http://auth.example/token' },
      'invalid_response',
    ],
    ['that leads pages to a script', { end_session_endpoint: 'javascript:alert(1)' }, 'invalid_response'],
    ['that leads people to a script', { authorization_endpoint: 'javascript:alert(1)' }, 'invalid_response'],
    [
      'with a revocation endpoint without TLS',
      { revocation_endpoint: 'http://auth.example' },
      'invalid_response',
    ],
    ['with an introspection endpoint that is none', { introspection_endpoint: 7 }, 'invalid_response'],
  ])('a document %s is refused', async (_, changes, code) => {
    const { fetch } = answering(json({ ...metadata, ...changes }))
    await expect(discoverOnce(issuer, fetch)()).rejects.toMatchObject({ code })
  })

  it.each(['http://auth.example', 'ftp://auth.example', 'auth.example', ''])(
    'nobody is asked for the document of %j: whoever is on the way could answer',
    async (address) => {
      const { fetch, requests } = answering()
      await expect(discoverOnce(address, fetch)()).rejects.toMatchObject({ code: 'invalid_response' })
      expect(requests).toEqual([])
    },
  )

  it('follows no redirect', async () => {
    const { fetch, requests } = answering(new Response(null, { status: 302, headers: { location: '/x' } }))
    await expect(discoverOnce(issuer, fetch)()).rejects.toMatchObject({ code: 'invalid_response' })
    expect(requests[0]?.redirect).toBe('manual')
  })
})
