import { ApiAuthError, type ApiVerifier, type Requirements } from '@authly-server/api'
import { beforeAll, describe, expect, it } from 'vitest'
import { audience, createIssuerAndApi, issuer, requestWith } from './issuer.ts'

let network: Awaited<ReturnType<typeof createIssuerAndApi>>
beforeAll(async () => {
  network = await createIssuerAndApi()
})

const refusalOf = async (api: ApiVerifier, request: Request, requirements?: Requirements) => {
  const error = await api.verify(request, requirements).catch((reason: unknown) => reason)
  if (!(error instanceof ApiAuthError)) throw new Error('not refused', { cause: error })
  return error
}

describe('an access token (RFC 9068 §4)', () => {
  it('is told to the route', async () => {
    const { api, tokenOf } = network
    const token = await api.verify(requestWith(`Bearer ${await tokenOf()}`), { scopes: ['orders:read'] })
    expect(token).toMatchObject({
      ...{ sub: 'user-1', clientId: 'app-1', scopes: ['orders:read', 'orders:write'] },
      ...{ acr: 'urn:authly:acr:1', tokenType: 'Bearer', confirmation: undefined },
    })
    expect(token.claims.iss).toBe(issuer)
  })

  it('that is missing is asked for, without an error code (RFC 6750 §3.1), by what finds the issuer (RFC 9728 §5.1)', async () => {
    const error = await refusalOf(network.api, requestWith(undefined), { scopes: ['orders:read'] })
    expect(error.status).toBe(401)
    expect(error.toResponse().headers.get('www-authenticate')).toBe(
      `Bearer scope="orders:read", realm="${audience}", ` +
        `resource_metadata="${audience}/.well-known/oauth-protected-resource", ` +
        'DPoP scope="orders:read", algs="ES256 ES384 ES512 RS256 PS256 EdDSA Ed25519", ' +
        `realm="${audience}", resource_metadata="${audience}/.well-known/oauth-protected-resource"`,
    )
  })

  it('without a scope is refused with what is needed (RFC 6750 §3.1)', async () => {
    const authorization = `Bearer ${await network.tokenOf({ claims: { scope: 'orders:read-not' } })}`
    const error = await refusalOf(network.api, requestWith(authorization), { scopes: ['orders:read'] })
    expect(error).toMatchObject({ status: 403, code: 'insufficient_scope' })
    expect(error.headers['www-authenticate']).toContain('error="insufficient_scope"')
    expect(error.headers['www-authenticate']).toContain('scope="orders:read"')
  })

  it('of an old or weak sign-in is refused with what is needed (RFC 9470 §3)', async () => {
    const authorization = `Bearer ${await network.tokenOf()}`
    const weak = await refusalOf(network.api, requestWith(authorization), { acr: ['strong'], maxAge: 3600 })
    expect(weak).toMatchObject({ status: 401, code: 'insufficient_user_authentication' })
    expect(weak.headers['www-authenticate']).toContain('acr_values="strong", max_age="3600"')
    expect(await weak.toResponse().json()).toMatchObject({ acr_values: 'strong', max_age: '3600' })
    const old = await refusalOf(network.api, requestWith(authorization), { maxAge: 10 })
    expect(old.code).toBe('insufficient_user_authentication')
  })
})
