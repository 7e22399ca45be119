/** Mutual TLS by Cloudflare (`cf.tlsClientAuth`), from the token endpoint to every resource of ours (RFC 8705). */
import { env } from 'cloudflare:test'
import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { permissionNames } from '../../src/access/permissions.ts'
import { thumbprintOf } from '../../src/certificates/presented-certificate.ts'
import type { clients } from '../../src/db/schema.ts'
import { signRequest } from '../../src/http-signatures/sign-request.ts'
import { adminSignaturePolicy } from '../../src/http-signatures/signature-policy.ts'
import { fetchFrom, type RegisteredClient, registerClient } from '../contracts/worker-client.ts'
import {
  cloudflareOf,
  fieldOf,
  type MadeCertificate,
  makeCertificate,
  withoutCertificate,
} from '../fakes/certificates.ts'

const origin = 'https://mtls.auth.test'
/** One object for all requests: an isolate keeps what it derives from it. */
const mtlsEnv = { ...env, AUTHLY_MTLS_ORIGIN: origin } as typeof env

const send = (path: string, init: Parameters<typeof fetchFrom>[1], from = mtlsEnv): Promise<Response> =>
  fetchFrom(origin + path, init, from)

const post = async (path: string, fields: Record<string, string>, cf: object, headers = {}) => {
  const response = await send(path, { method: 'POST', body: new URLSearchParams(fields), cf, headers })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const askToken = (client: RegisteredClient, cf: object, headers = {}) =>
  post(
    '/oauth/token',
    { client_id: client.client_id, grant_type: 'client_credentials', scope: 'admin:roles:read' },
    cf,
    headers,
  )

let mine: MadeCertificate
let other: MadeCertificate
beforeAll(async () => {
  const authority = await makeCertificate({ subject: 'CN=Authority' })
  mine = await makeCertificate({ issuer: authority, subject: 'C=DE, O=Bank, CN=pay' })
  other = await makeCertificate({ issuer: authority, subject: 'C=DE, O=Bank, CN=other' })
})

const service: Partial<typeof clients.$inferInsert> = {
  token_endpoint_auth_method_named: true,
  grant_types: ['client_credentials'],
  scopes: [...permissionNames],
  tls_client_certificate_bound_access_tokens: true,
}

describe('a client of tls_client_auth', () => {
  let client: RegisteredClient
  beforeAll(async () => {
    client = await registerClient('tls_client_auth', {
      ...service,
      tls_client_auth_subject_dn: 'CN=pay,O=Bank,C=DE',
    })
  })

  it('gets a token that is bound to its certificate, and introspection says so (§2.1, §3.1, §3.2)', async () => {
    const { status, body } = await askToken(client, cloudflareOf(mine))
    expect([status, body['token_type']]).toEqual([200, 'Bearer'])
    const token = String(body['access_token'])
    const cnf = { 'x5t#S256': await thumbprintOf({ der: mine.der, distrust: undefined }) }
    expect(decodeJwt(token)['cnf']).toEqual(cnf)
    const asked = await post('/oauth/introspect', { client_id: client.client_id, token }, cloudflareOf(mine))
    expect(asked.body).toMatchObject({ active: true, token_type: 'Bearer', cnf })
  })

  it.each([
    ['no certificate', () => withoutCertificate],
    ['another one of the same authority', () => cloudflareOf(other)],
    [
      'one that is not verified',
      () => cloudflareOf(mine, { certVerified: 'FAILED:certificate has expired' }),
    ],
    ['a revoked one', () => cloudflareOf(mine, { certRevoked: '1' })],
    ['one that was too large', () => cloudflareOf(mine, { certRFC9440: '', certRFC9440TooLarge: true })],
    ['a truncated one', () => cloudflareOf({ der: mine.der.slice(0, 200) })],
  ])('with %s is invalid_client, like one that does not exist', async (_what, cf) => {
    const refused = await askToken(client, cf(), { 'client-cert': fieldOf(mine) })
    const unknown = await askToken({ client_id: 'nobody', secret: '' }, cloudflareOf(mine))
    expect(refused).toEqual(unknown)
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_client'])
  })

  it('uses its token at the admin API with the certificate alone (§3)', async () => {
    const { body } = await askToken(client, cloudflareOf(mine))
    const call = (cf: object, headers = {}) =>
      send('/admin/roles', { cf, headers: { authorization: `Bearer ${body['access_token']}`, ...headers } })
    const allowed = await call(cloudflareOf(mine))
    expect(allowed.status, await allowed.clone().text()).toBe(200)
    const attempts = [
      await call(withoutCertificate),
      await call(cloudflareOf(other)),
      await call(cloudflareOf(mine, { certRevoked: '1' })),
      await call(withoutCertificate, { 'client-cert': fieldOf(mine) }),
    ]
    for (const response of attempts) {
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
      await response.text()
    }
  })
})

describe('a client of self_signed_tls_client_auth whose admin requests are signed', () => {
  it('signs the address it calls, and no other (RFC 9421 §2.2.2)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
    const key = { ...(await exportJWK(privateKey)), kid: 'admin-key' }
    const client = await registerClient('self_signed_tls_client_auth', {
      ...service,
      require_request_signing: true,
      jwks: {
        keys: [
          { ...(await exportJWK(publicKey)), kid: 'admin-key' },
          { ...(await exportJWK(mine.keys.publicKey)), kid: 'certificate' },
        ],
      },
    })
    const { body } = await askToken(client, cloudflareOf(mine))
    const call = async (signedOrigin: string) => {
      const unsigned = new Headers({ authorization: `Bearer ${body['access_token']}` })
      const headers = await signRequest(
        { method: 'GET', url: `${signedOrigin}/admin/roles`, headers: unsigned, body: undefined },
        { key, policy: adminSignaturePolicy, created: Math.floor(Date.now() / 1000) },
      )
      const response = await send('/admin/roles', { cf: cloudflareOf(mine), headers })
      await response.text()
      return response.status
    }
    expect(await call(origin)).toBe(200)
    expect(await call('https://auth.test')).toBe(401)
  })
})

describe('a client of self_signed_tls_client_auth', () => {
  it('authenticates with the key it has registered, whatever the authority (§2.2)', async () => {
    const client = await registerClient('self_signed_tls_client_auth', {
      ...service,
      jwks: { keys: [{ ...(await exportJWK(mine.keys.publicKey)) }] },
    })
    const unverified = { certVerified: 'FAILED:self signed certificate' }
    expect((await askToken(client, cloudflareOf(mine, unverified))).status).toBe(200)
    const refused = await askToken(client, cloudflareOf(other, unverified))
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_client'])
  })
})

describe('a client whose tokens are bound and who authenticates otherwise', () => {
  it('needs a certificate for every token, whoever made it (§3.4, §4)', async () => {
    const client = await registerClient('client_secret_post', service)
    const ask = (cf: object) =>
      post(
        '/oauth/token',
        { client_id: client.client_id, client_secret: client.secret, grant_type: 'client_credentials' },
        cf,
      )
    const own = await makeCertificate({ subject: 'CN=whoever' })
    expect((await ask(cloudflareOf(own, { certVerified: 'FAILED:self signed certificate' }))).status).toBe(
      200,
    )
    const refused = await ask(withoutCertificate)
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_request'])
  })
})

describe('where mutual TLS is off', () => {
  it('no certificate authenticates anybody', async () => {
    const client = await registerClient('tls_client_auth', {
      ...service,
      tls_client_auth_subject_dn: 'CN=pay,O=Bank,C=DE',
    })
    const body = new URLSearchParams({ client_id: client.client_id, grant_type: 'client_credentials' })
    const init = { method: 'POST', body, cf: cloudflareOf(mine), headers: { 'client-cert': fieldOf(mine) } }
    expect((await send('/oauth/token', init, env)).status).toBe(400)
  })
})

describe('the metadata', () => {
  it('names the aliases and the methods only where mutual TLS is on (§5)', async () => {
    const read = async (from: typeof env) =>
      (await (await send('/.well-known/openid-configuration', {}, from)).json()) as Record<string, unknown>
    const on = await read(mtlsEnv)
    expect(on['issuer']).toBe('https://auth.test')
    expect(on['mtls_endpoint_aliases']).toMatchObject({ token_endpoint: `${origin}/oauth/token` })
    expect(on['token_endpoint_auth_methods_supported']).toContain('tls_client_auth')
    const off = await read(env)
    expect(off).not.toHaveProperty('mtls_endpoint_aliases')
    expect(off).not.toHaveProperty('tls_client_certificate_bound_access_tokens')
    expect(off['token_endpoint_auth_methods_supported']).not.toContain('tls_client_auth')
  })
})
