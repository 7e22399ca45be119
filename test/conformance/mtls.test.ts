/**
 * Mutual TLS end to end (RFC 8705): `openid-client` with a certificate, a proxy that ends TLS and passes RFC 9440
 * `Client-Cert`, and the production bundle behind it.
 */
import { decodeJwt, exportJWK } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { thumbprintOf } from '../../src/certificates/presented-certificate.ts'
import { fieldOf, type MadeCertificate, makeCertificate } from '../fakes/certificates.ts'
import type { ClientColumns, SeededClient } from './seed.ts'
import { signIn } from './sign-in.ts'
import { deployBehindTls, makeServerCertificate, type TlsDeployment } from './tls-deployment.ts'
import { fetchWith } from './tls-proxy.ts'
import { createUserAgent } from './user-agent.ts'

let server: MadeCertificate
let authority: MadeCertificate
let mine: MadeCertificate
let other: MadeCertificate
let own: MadeCertificate
/** Whose proxy verifies certificates, and whose does not. */
let verifying: TlsDeployment
let plain: TlsDeployment

beforeAll(async () => {
  server = await makeServerCertificate()
  authority = await makeCertificate({ subject: 'CN=Authority', isAuthority: true })
  mine = await makeCertificate({ issuer: authority, subject: 'C=DE, O=Bank, CN=pay' })
  other = await makeCertificate({ issuer: authority, subject: 'C=DE, O=Bank, CN=other' })
  own = await makeCertificate({ subject: 'C=DE, O=Bank, CN=pay' })
  verifying = await deployBehindTls({ server, authority })
  plain = await deployBehindTls({ server })
})
afterAll(async () => {
  await verifying?.stop()
  await plain?.stop()
})

const named = { token_endpoint_auth_method_named: true, tls_client_certificate_bound_access_tokens: true }
const byName: ClientColumns = {
  ...{ ...named, token_endpoint_auth_method: 'tls_client_auth' },
  tls_client_auth_subject_dn: 'CN=pay,O=Bank,C=DE',
}

/** The library as it is used with mutual TLS: a `fetch` with the certificate, and the aliases of the metadata. */
async function discover(
  { proxy }: TlsDeployment,
  client: SeededClient,
  certificate: MadeCertificate | undefined,
  auth: oidc.ClientAuth = oidc.TlsClientAuth(),
): Promise<oidc.Configuration> {
  const config = await oidc.discovery(
    new URL(proxy.issuer),
    client.client_id,
    { use_mtls_endpoint_aliases: true },
    auth,
    { execute: [oidc.allowInsecureRequests] },
  )
  config[oidc.customFetch] = (await fetchWith(server, certificate)) as oidc.CustomFetch
  return config
}

async function obtainTokens({ seed }: TlsDeployment, config: oidc.Configuration, client: SeededClient) {
  const user = await seed.addUser({ profile: { name: 'Ada Lovelace' } })
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()]
  const url = oidc.buildAuthorizationUrl(config, {
    ...{ redirect_uri: client.redirect_uri, scope: 'openid profile offline_access' },
    ...{ state: expectedState, nonce: expectedNonce, code_challenge_method: 'S256' },
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
  })
  const callback = await signIn(createUserAgent(), url, client.redirect_uri, { user })
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  return { user, tokens: await oidc.authorizationCodeGrant(config, callback, checks) }
}

const confirmationOf = async ({ der }: MadeCertificate) => ({
  'x5t#S256': await thumbprintOf({ der, distrust: undefined }),
})

describe('openid-client with tls_client_auth, behind a proxy that verifies certificates', () => {
  it('signs a person in, reads userinfo, refreshes, introspects and revokes with its certificate alone', async () => {
    const client = await verifying.seed.addClient(byName)
    const config = await discover(verifying, client, mine)
    const { user, tokens } = await obtainTokens(verifying, config, client)
    expect(decodeJwt(tokens.access_token)['cnf']).toEqual(await confirmationOf(mine))
    const info = await oidc.fetchUserInfo(config, tokens.access_token, user.id)
    expect(info).toMatchObject({ sub: user.id, name: 'Ada Lovelace' })

    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token as string)
    const inspected = await oidc.tokenIntrospection(config, refreshed.access_token)
    expect(inspected).toMatchObject({ active: true, token_type: 'Bearer', cnf: await confirmationOf(mine) })
    await oidc.tokenRevocation(config, refreshed.refresh_token as string)
    expect(await oidc.tokenIntrospection(config, refreshed.access_token)).toEqual({ active: false })
  })

  it('pushes its authorization request with its certificate (RFC 9126 §2)', async () => {
    const client = await verifying.seed.addClient(byName)
    const parameters = {
      ...{ redirect_uri: client.redirect_uri, scope: 'openid', code_challenge_method: 'S256' },
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
    }
    const config = await discover(verifying, client, mine)
    const url = await oidc.buildAuthorizationUrlWithPAR(config, parameters)
    expect(url.searchParams.get('request_uri')).toMatch(/^urn:ietf:params:oauth:request_uri:/)
    const user = await verifying.seed.addUser()
    const callback = await signIn(createUserAgent(), url, client.redirect_uri, { user })
    expect(callback.searchParams.get('code')).toBeTruthy()
    const refused = oidc.buildAuthorizationUrlWithPAR(await discover(verifying, client, other), parameters)
    await expect(refused).rejects.toMatchObject({ error: 'invalid_client' })
  })

  it('of which somebody stole the access token gets nothing with it: no certificate, another, a claimed one', async () => {
    const client = await verifying.seed.addClient(byName)
    const config = await discover(verifying, client, mine)
    const { user, tokens } = await obtainTokens(verifying, config, client)
    const metadata = config.serverMetadata()
    const userinfo = String(metadata.mtls_endpoint_aliases?.userinfo_endpoint)
    const attempts: [MadeCertificate | undefined, string, Record<string, string>][] = [
      [undefined, userinfo, {}],
      [other, userinfo, {}],
      [own, userinfo, {}],
      [undefined, userinfo, { 'client-cert': fieldOf(mine) }],
      [other, userinfo, { 'Client-Cert': fieldOf(mine), 'client-cert-chain': fieldOf(authority) }],
      [undefined, String(metadata.userinfo_endpoint), {}],
      [undefined, String(metadata.userinfo_endpoint), { 'client-cert': fieldOf(mine) }],
    ]
    for (const [certificate, url, headers] of attempts) {
      const send = await fetchWith(server, certificate)
      const response = await send(url, {
        headers: { authorization: `Bearer ${tokens.access_token}`, ...headers },
      })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
    }
    expect(await oidc.fetchUserInfo(config, tokens.access_token, user.id)).toMatchObject({ sub: user.id })
  })

  it.each([
    ['no certificate', () => undefined],
    ['another client’s certificate', () => other],
    ['a self-made one with the right name', () => own],
  ])('is refused with %s', async (_what, certificate) => {
    const client = await verifying.seed.addClient(byName)
    const config = await discover(verifying, client, certificate())
    await expect(oidc.clientCredentialsGrant(config, { scope: 'demo:read' })).rejects.toMatchObject({
      ...{ error: 'invalid_client', error_description: 'client authentication failed' },
    })
  })
})

describe('openid-client behind a proxy that passes every certificate on', () => {
  it('authenticates with a self-signed certificate whose key is registered', async () => {
    const client = await plain.seed.addClient({
      ...{ ...named, token_endpoint_auth_method: 'self_signed_tls_client_auth' },
      jwks: { keys: [await exportJWK(own.keys.publicKey)] },
    })
    const config = await discover(plain, client, own)
    const { user, tokens } = await obtainTokens(plain, config, client)
    expect(await oidc.fetchUserInfo(config, tokens.access_token, user.id)).toMatchObject({ sub: user.id })
    const foreign = await discover(plain, client, mine)
    await expect(oidc.clientCredentialsGrant(foreign)).rejects.toMatchObject({ error: 'invalid_client' })
  })

  it('cannot use tls_client_auth: nobody vouches for the name', async () => {
    const client = await plain.seed.addClient(byName)
    const config = await discover(plain, client, own)
    const methods = config.serverMetadata().token_endpoint_auth_methods_supported
    expect(methods).toContain('self_signed_tls_client_auth')
    expect(methods).not.toContain('tls_client_auth')
    await expect(oidc.clientCredentialsGrant(config)).rejects.toMatchObject({ error: 'invalid_client' })
  })

  it('as a public client has its refresh token bound to the certificate too (§4)', async () => {
    const client = await plain.seed.addClient({
      ...{ ...named, token_endpoint_auth_method: 'none' },
      grant_types: ['authorization_code', 'refresh_token'],
    })
    const config = await discover(plain, client, own, oidc.None())
    const { tokens } = await obtainTokens(plain, config, client)
    const stolen = await discover(plain, client, other, oidc.None())
    const attempt = oidc.refreshTokenGrant(stolen, tokens.refresh_token as string)
    await expect(attempt).rejects.toMatchObject({ error: 'invalid_grant' })
    // Its owner has lost nothing by the attempt.
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token as string)
    expect(decodeJwt(refreshed.access_token)['cnf']).toEqual(await confirmationOf(own))
  })

  it('uses DPoP at the alias: the proof names the address that was called (RFC 9449 §4.3)', async () => {
    const client = await plain.seed.addClient({
      ...{ token_endpoint_auth_method: 'self_signed_tls_client_auth' },
      jwks: { keys: [await exportJWK(own.keys.publicKey)] },
    })
    const config = await discover(plain, client, own)
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair())
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'demo:read' }, { DPoP })
    expect(tokens.token_type.toLowerCase()).toBe('dpop')
    expect(decodeJwt(tokens.access_token)['cnf']).toEqual({ jkt: expect.any(String) })
  })
})
