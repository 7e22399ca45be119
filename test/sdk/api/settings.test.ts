/** Options that cannot be are said when the verifier is made, not when the first token comes. */
import { createApiVerifier, type Requirements } from '@authly-server/api'
import { describe, expect, it, vi } from 'vitest'
import { audience, createIssuerAndApi, issuer, requestWith } from './issuer.ts'

describe('createApiVerifier', () => {
  it.each([
    ['no issuer', { audience }],
    ['no audience', { issuer }],
    ['an issuer without TLS', { issuer: 'http://auth.example', audience }],
    ['an issuer that is no URL', { issuer: 'auth.example', audience }],
    ['an empty list of audiences', { issuer, audience: [] }],
    ['an empty audience', { issuer, audience: '' }],
    ['an audience that would break out of a header', { issuer, audience: 'https://api.example", error="' }],
    ['a tolerance that makes exp pointless', { issuer, audience, clockToleranceSeconds: 86_400 }],
    ['a tolerance that is no number', { issuer, audience, clockToleranceSeconds: Number.NaN }],
    ['symmetric algorithms (RFC 8725 §2.1)', { issuer, audience, algorithms: ['HS256'] }],
    ['alg none', { issuer, audience, algorithms: ['ES256', 'none'] }],
    ['no algorithms', { issuer, audience, algorithms: [] }],
    ['a public URL that is none', { issuer, audience, publicUrl: 'api.example' }],
    ['introspection without credentials', { issuer, audience, introspection: true }],
  ])('refuses %s', (_name, options) => {
    expect(() => createApiVerifier(options)).toThrow(TypeError)
  })

  it('takes what is left out from the environment', () => {
    vi.stubEnv('AUTHLY_ISSUER', issuer)
    vi.stubEnv('AUTHLY_AUDIENCE', audience)
    expect(createApiVerifier().resource).toMatchObject({
      resource: audience,
      authorization_servers: [issuer],
    })
    vi.unstubAllEnvs()
  })

  it('accepts a token for any of several audiences', async () => {
    const { api, tokenOf } = await createIssuerAndApi({ audience: ['https://new.example', audience] })
    expect((await api.verify(requestWith(`Bearer ${await tokenOf()}`))).sub).toBe('user-1')
  })

  it('accepts the algorithms it is pinned to, and no other key of the issuer', async () => {
    const { api, tokenOf } = await createIssuerAndApi({ algorithms: ['EdDSA'] })
    const request = requestWith(`Bearer ${await tokenOf()}`)
    await expect(api.verify(request)).rejects.toMatchObject({ code: 'invalid_token' })
  })
})

describe('requirements', () => {
  it.each([
    ['a scope with a space', { scopes: ['orders read'] }],
    ['a scope that would break out of a header', { scopes: ['a", error="b'] }],
    ['an acr that would break out of a header', { acr: ['a\r\nset-cookie: b'] }],
    ['an empty list of acr, which nobody meets', { acr: [] }],
    ['a negative maxAge', { maxAge: -1 }],
    ['a maxAge that is no number of seconds', { maxAge: Number.NaN }],
  ] satisfies [string, Requirements][])('refuse %s', async (_name, requirements) => {
    const api = createApiVerifier({ issuer, audience })
    expect(() => api.protect(requirements, () => new Response())).toThrow(TypeError)
    await expect(api.verify(requestWith(undefined), requirements)).rejects.toThrow(TypeError)
  })
})

describe('introspection (RFC 7662)', () => {
  const introspection = { clientId: 'orders-api', clientSecret: 'of the API' }

  it('refuses at once what was revoked, and asks with the credentials of the API', async () => {
    const { api, tokenOf, state } = await createIssuerAndApi({ introspection })
    const token = await tokenOf()
    let active = true
    let form = ''
    state.answers.set('/introspect', (request) => {
      void request.text().then((text) => {
        form = text
      })
      return Response.json({ active })
    })
    expect((await api.verify(requestWith(`Bearer ${token}`))).sub).toBe('user-1')
    const asked = state.asked.find((request) => request.url.endsWith('/introspect'))
    expect(asked?.headers.get('authorization')).toBe(`Basic ${btoa('orders-api:of+the+API')}`)
    expect(new URLSearchParams(form).get('token')).toBe(token)
    active = false
    await expect(api.verify(requestWith(`Bearer ${token}`))).rejects.toMatchObject({ code: 'invalid_token' })
  })

  it('is not asked about what is wrong anyway', async () => {
    const { api, tokenOf, state } = await createIssuerAndApi({ introspection })
    const token = await tokenOf({ claims: { aud: 'https://other.example' } })
    await expect(api.verify(requestWith(`Bearer ${token}`))).rejects.toMatchObject({ code: 'invalid_token' })
    expect(state.asked.some((request) => request.url.endsWith('/introspect'))).toBe(false)
  })

  it.each([
    ['no answer', () => Response.error()],
    ['a refusal', () => Response.json({ error: 'invalid_client' }, { status: 401 })],
    ['active as a text', () => Response.json({ active: 'true' })],
    ['no JSON', () => new Response('active')],
  ])('lets nothing in after %s', async (_name, answer) => {
    const { api, tokenOf, state } = await createIssuerAndApi({ introspection })
    state.answers.set('/introspect', answer)
    const error: unknown = await api.verify(requestWith(`Bearer ${await tokenOf()}`)).catch((e: unknown) => e)
    expect(error).toMatchObject({ name: 'ApiAuthError' })
  })
})
