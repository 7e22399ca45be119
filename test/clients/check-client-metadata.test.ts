import { describe, expect, test } from 'vitest'
import type { MtlsSettings } from '../../src/certificates/mtls-settings.ts'
import { clientIdFault } from '../../src/clients/check-client-id.ts'
import { checkClientMetadata } from '../../src/clients/check-client-metadata.ts'
import { publicJwksFaults } from '../../src/clients/check-public-jwks.ts'
import { redirectUriFault } from '../../src/clients/check-redirect-uri.ts'
import { checkSector } from '../../src/clients/check-sector.ts'
import type { ClientMetadata } from '../../src/clients/client-metadata.ts'
import { metadataDefaults } from '../../src/clients/complete-metadata.ts'
import { err, ok } from '../../src/kit/result.ts'

const redirect_uris = ['https://app.example/callback']
const mtls: MtlsSettings = {
  origin: 'https://mtls.auth.example',
  front: 'cloudflare',
  verifiesChains: true,
}
const context = {
  ...{ allowLoopbackFetch: false, fetchHosts: new Set<string>(), localIssuer: false, mtls },
  profile: 'oidc' as const,
}
const faultsOf = (metadata: Partial<ClientMetadata>, changed: object = {}) =>
  checkClientMetadata(
    { ...metadataDefaults, client_name: 'App', redirect_uris, ...metadata },
    { ...context, ...changed },
  ).map((fault) => ('pointer' in fault ? fault.pointer : ''))

const ecKey = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) }
const keys = { jwks: { keys: [ecKey] } }
const encryptionKeys = { jwks: { keys: [{ ...ecKey, use: 'enc' }] } }

describe('redirect URIs (RFC 9700 §4.1, RFC 8252 §7)', () => {
  const web = { application_type: 'web', confidential: true, localIssuer: false } as const
  const spa = { application_type: 'web', confidential: false, localIssuer: false } as const
  const localSpa = { ...spa, localIssuer: true } as const
  const native = { application_type: 'native', confidential: false, localIssuer: false } as const

  test.each([
    ['https://app.example/callback', web],
    ['https://app.example/callback?tenant=1', spa],
    ['https://app.example:8443/a/b', web],
    ['https://app.example:65535/', web],
    ['http://127.0.0.1:1/callback', native],
    ['https://app.example/callback?next=a:0/', web],
    ['https://app.example', web],
    ['http://127.0.0.1/callback', native],
    ['http://[::1]:8080/callback', native],
    ['http://localhost:3000/callback', native],
    ['http://localhost:3000/callback', web],
    ['http://localhost:5173/callback', localSpa],
    ['http://127.0.0.1:5173', localSpa],
    ['com.example.app:/callback', native],
    ['com.example.app://callback', native],
    ['https://app.example/.well-known/callback', native],
  ])('takes %s', (uri, context) => {
    expect(redirectUriFault(uri, context)).toBeUndefined()
  })

  test.each([
    ['javascript:alert(1)', native, /scheme/],
    ['JavaScript:alert(1)', native, /scheme/],
    ['data:text/html,x', native, /scheme|ASCII/],
    ['vbscript:x', native, /scheme/],
    ['blob:https://app.example/x', native, /scheme/],
    ['file:///etc/passwd', native, /scheme/],
    ['about:blank', native, /scheme/],
    ['mailto:a@b.example', native, /scheme/],
    ['https://app.example/callback#', web, /fragment/],
    ['https://app.example/callback#x', web, /fragment/],
    ['https://*.example/callback', web, /wildcard/],
    ['https://app.example/*', web, /wildcard/],
    ['https://user@app.example/callback', web, /credentials/],
    ['https://user:pass@app.example/callback', web, /credentials/],
    ['https://@app.example/callback', web, /credentials/],
    ['https://app.example/a/../b', web, /dot segments/],
    ['https://app.example/a/%2e%2e/b', web, /dot segments/],
    ['https://app.example/a/.', web, /dot segments/],
    ['https:app.example/callback', web, /written/],
    ['https:///app.example/callback', web, /written/],
    ['http://app.example/callback', web, /https/],
    ['http://app.example/callback', native, /https/],
    ['http://127.0.0.1.evil.example/callback', native, /https/],
    ['http://localhost.evil.example/callback', native, /https/],
    ['http://127.0.0.1:8080@evil.example/', native, /credentials/],
    ['https://app.example:0/callback', web, /port/],
    ['https://app.example:65536/callback', web, /port/],
    ['https://app.example:99999', web, /port/],
    ['https://app.example:00443?x', web, /port/],
    ['http://127.0.0.1:0/callback', native, /port/],
    ['http://[::1]:70000/callback', native, /port/],
    ['http://localhost:100000/callback', web, /port/],
    ['com.example.app://callback:0/', native, /port/],
    ['http://localhost:3000/callback', spa, /native and for confidential/],
    ['http://app.example/callback', localSpa, /https/],
    ['http://localhost.evil.example/callback', localSpa, /https/],
    ['com.example.app:/callback', localSpa, /native/],
    ['com.example.app:/callback', web, /native/],
    ['myapp:/callback', native, /domain name in reverse/],
    ['.example:/callback', native, /absolute/],
    ['/callback', web, /absolute/],
    ['', web, /ASCII/],
    ['https://app.example/call back', web, /ASCII/],
    ['https://app.example/callback\n', web, /ASCII/],
    ['https://app.example\\@evil.example/', web, /ASCII/],
    ['https://äpp.example/', web, /ASCII/],
  ])('refuses %j', (uri, context, why) => {
    expect(redirectUriFault(uri, context)).toMatch(why)
  })
})

describe('metadata as a whole', () => {
  test('a web application that keeps a secret needs a name and a redirect URI', () => {
    expect(faultsOf({})).toEqual([])
    expect(faultsOf({ redirect_uris: [] })).toEqual(['#/redirect_uris'])
  })

  test.each<[string, Partial<ClientMetadata>, string[]]>([
    ['a service account', { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }, []],
    [
      'an API that only introspects',
      { grant_types: [], response_types: [], redirect_uris: [], serves_resources: ['https://api.example'] },
      [],
    ],
    ['no grant at all', { grant_types: [], response_types: [] }, ['#/grant_types']],
    ['code without authorization_code', { grant_types: ['client_credentials'] }, ['#/response_types']],
    ['authorization_code without code', { response_types: [] }, ['#/response_types']],
    ['refresh_token alone', { grant_types: ['refresh_token'], response_types: [] }, ['#/grant_types']],
    [
      'client_credentials of a public client (RFC 6749 §4.4)',
      { grant_types: ['authorization_code', 'client_credentials'], token_endpoint_auth_method: 'none' },
      ['#/grant_types'],
    ],
    ['a redirect URI twice', { redirect_uris: [...redirect_uris, ...redirect_uris] }, ['#/redirect_uris/1']],
    [
      'a bad post-logout URI',
      { post_logout_redirect_uris: ['https://app.example/', 'javascript:1'] },
      ['#/post_logout_redirect_uris/1'],
    ],
    [
      'private_key_jwt without keys',
      { token_endpoint_auth_method: 'private_key_jwt' },
      ['#/token_endpoint_auth_method'],
    ],
    ['private_key_jwt with keys', { token_endpoint_auth_method: 'private_key_jwt', ...keys }, []],
    [
      'jwks and jwks_uri (RFC 7591 §2)',
      { ...keys, jwks_uri: 'https://app.example/jwks.json' },
      ['#/jwks_uri'],
    ],
    [
      'an assertion algorithm without assertions',
      { token_endpoint_auth_signing_alg: 'ES256' },
      ['#/token_endpoint_auth_signing_alg'],
    ],
    [
      'a symmetric assertion algorithm',
      { token_endpoint_auth_method: 'private_key_jwt', ...keys, token_endpoint_auth_signing_alg: 'HS256' },
      ['#/token_endpoint_auth_signing_alg'],
    ],
    [
      '"none" as assertion algorithm',
      { token_endpoint_auth_method: 'private_key_jwt', ...keys, token_endpoint_auth_signing_alg: 'none' },
      ['#/token_endpoint_auth_signing_alg'],
    ],
    [
      'private_key_jwt with a key that only encrypts',
      { token_endpoint_auth_method: 'private_key_jwt', ...encryptionKeys },
      ['#/token_endpoint_auth_method'],
    ],
    ['signed requests without keys', { require_request_signing: true }, ['#/require_request_signing']],
    ['signed requests with keys', { require_request_signing: true, ...keys }, []],
    [
      'an API that cannot authenticate (RFC 7662 §2.1)',
      { token_endpoint_auth_method: 'none', serves_resources: ['https://api.example'] },
      ['#/serves_resources'],
    ],
    [
      'encrypted ID tokens, to a key for that',
      {
        id_token_encrypted_response_alg: 'ECDH-ES',
        id_token_encrypted_response_enc: 'A256GCM',
        ...encryptionKeys,
      },
      [],
    ],
    [
      'encrypted userinfo, to a key that does not say what it is for',
      { userinfo_encrypted_response_alg: 'ECDH-ES+A128KW', ...keys },
      [],
    ],
    [
      'encrypted userinfo, to keys at an address',
      { userinfo_encrypted_response_alg: 'RSA-OAEP-256', jwks_uri: 'https://app.example/jwks.json' },
      [],
    ],
    [
      'encrypted responses without keys',
      {
        authorization_encrypted_response_alg: 'ECDH-ES',
        introspection_encrypted_response_alg: 'RSA-OAEP-256',
      },
      ['#/authorization_encrypted_response_alg', '#/introspection_encrypted_response_alg'],
    ],
    [
      'encrypted ID tokens and keys of another kind',
      { id_token_encrypted_response_alg: 'RSA-OAEP-256', ...encryptionKeys },
      ['#/id_token_encrypted_response_alg'],
    ],
    [
      'encrypted ID tokens and a key that only signs',
      { id_token_encrypted_response_alg: 'ECDH-ES', jwks: { keys: [{ ...ecKey, use: 'sig' }] } },
      ['#/id_token_encrypted_response_alg'],
    ],
    [
      'content encryption without key management (OpenID Connect Registration §2)',
      { userinfo_encrypted_response_enc: 'A128GCM', ...encryptionKeys },
      ['#/userinfo_encrypted_response_enc'],
    ],
    ['keys at a private address', { jwks_uri: 'https://169.254.169.254/keys' }, ['#/jwks_uri']],
    ['keys over http', { jwks_uri: 'http://app.example/keys' }, ['#/jwks_uri']],
    ['keys on loopback', { jwks_uri: 'http://127.0.0.1/keys' }, ['#/jwks_uri']],
    ['pairwise with one host', { subject_type: 'pairwise' }, []],
    [
      'pairwise with several hosts and no sector (OpenID Connect Core §8.1)',
      { subject_type: 'pairwise', redirect_uris: [...redirect_uris, 'https://other.example/callback'] },
      ['#/sector_identifier_uri'],
    ],
    [
      'pairwise and native: every loopback address and scheme is the application itself',
      {
        subject_type: 'pairwise',
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/cb', 'http://[::1]/cb', 'com.example.app:/cb'],
      },
      [],
    ],
    [
      'pairwise with several hosts and a sector',
      {
        subject_type: 'pairwise',
        redirect_uris: [...redirect_uris, 'https://other.example/callback'],
        sector_identifier_uri: 'https://app.example/sector.json',
      },
      [],
    ],
    [
      'a sector of a public client',
      { sector_identifier_uri: 'https://app.example/s' },
      ['#/sector_identifier_uri'],
    ],
    [
      'a sector at a private address',
      { subject_type: 'pairwise', sector_identifier_uri: 'https://10.0.0.1/s' },
      ['#/sector_identifier_uri'],
    ],
    ['no PKCE without OpenID Connect', { require_pkce: false }, ['#/require_pkce']],
    [
      'no PKCE, no nonce, confidential, OpenID Connect (OpenID Connect Core §3.1.2.1)',
      { require_pkce: false, nonce_optional: true, scope: 'openid' },
      [],
    ],
    ['no nonce, but PKCE', { nonce_optional: true, scope: 'openid' }, ['#/nonce_optional']],
    ['no PKCE, confidential, OpenID Connect', { require_pkce: false, scope: 'openid email' }, []],
    [
      'no PKCE for a public client (RFC 9700 §2.1.1)',
      { require_pkce: false, scope: 'openid', token_endpoint_auth_method: 'none' },
      ['#/require_pkce'],
    ],
    [
      'refresh tokens that idle longer than they live',
      { refresh_token_idle_ttl_seconds: 7200, refresh_token_absolute_ttl_seconds: 3600 },
      ['#/refresh_token_idle_ttl_seconds'],
    ],
    [
      'an unknown context class',
      { default_acr_values: ['urn:authly:acr:pwd', 'gold'] },
      ['#/default_acr_values/1'],
    ],
    [
      'signed requests of a client without keys (RFC 9101 §6.2)',
      { require_signed_request_object: true, request_uris: ['https://app.example/request.jwt'] },
      ['#/require_signed_request_object', '#/request_uris'],
    ],
    [
      'signed requests, where they are published',
      {
        ...{ ...keys, require_signed_request_object: true, request_object_signing_alg: 'ES256' },
        request_uris: ['https://app.example/request.jwt#aGFzaA'],
      },
      [],
    ],
    [
      'a request object without signature',
      { ...keys, request_object_signing_alg: 'none' },
      ['#/request_object_signing_alg'],
    ],
    [
      'a request object with HMAC',
      { ...keys, request_object_signing_alg: 'HS256' },
      ['#/request_object_signing_alg'],
    ],
    [
      'request objects where this server must not fetch',
      { ...keys, request_uris: ['https://app.example/a', 'http://app.example/b', 'https://10.0.0.1/c'] },
      ['#/request_uris/1', '#/request_uris/2'],
    ],
    ['a link that runs a script', { client_uri: 'javascript:alert(1)' }, ['#/client_uri']],
    ['a link over http', { tos_uri: 'http://app.example/tos' }, ['#/tos_uri']],
    ['a link with credentials', { logo_uri: 'https://a@app.example/logo' }, ['#/logo_uri']],
    [
      'links',
      { policy_uri: 'https://app.example/p', initiate_login_uri: 'https://app.example/login?x=1' },
      [],
    ],
    [
      'several faults at once',
      { redirect_uris: ['http://app.example/'], require_pkce: false },
      ['#/redirect_uris/0', '#/require_pkce'],
    ],
  ])('%s', (_, metadata, expected) => {
    expect(faultsOf(metadata)).toEqual(expected)
  })

  test('loopback addresses may be fetched where the configuration says so', () => {
    const metadata = {
      ...metadataDefaults,
      client_name: 'App',
      redirect_uris,
      jwks_uri: 'http://127.0.0.1:9/keys',
    }
    expect(checkClientMetadata(metadata, { ...context, allowLoopbackFetch: true })).toEqual([])
  })
})

describe('mutual TLS (RFC 8705)', () => {
  const byName = { token_endpoint_auth_method: 'tls_client_auth' } as const
  const byKey = { token_endpoint_auth_method: 'self_signed_tls_client_auth' } as const
  const dn = { tls_client_auth_subject_dn: 'CN=pay,O=Bank,C=DE' }
  const bound = { tls_client_certificate_bound_access_tokens: true }

  test.each<[string, Partial<ClientMetadata>, string[]]>([
    ['a subject', { ...byName, ...dn }, []],
    ['a DNS name', { ...byName, tls_client_auth_san_dns: 'pay.example.com' }, []],
    ['a URI', { ...byName, tls_client_auth_san_uri: 'spiffe://example.com/pay' }, []],
    ['an address', { ...byName, tls_client_auth_san_ip: '2001:db8::7' }, []],
    ['a mailbox', { ...byName, tls_client_auth_san_email: 'pay@example.com' }, []],
    ['no name', byName, ['#/token_endpoint_auth_method']],
    [
      'two names',
      { ...byName, ...dn, tls_client_auth_san_dns: 'pay.example.com' },
      ['#/tls_client_auth_san_dns'],
    ],
    ['a name for another method', dn, ['#/tls_client_auth_subject_dn']],
    [
      'a subject that is none',
      { ...byName, tls_client_auth_subject_dn: '/CN=pay' },
      ['#/tls_client_auth_subject_dn'],
    ],
    [
      'a DNS name with a wildcard',
      { ...byName, tls_client_auth_san_dns: '*.example.com' },
      ['#/tls_client_auth_san_dns'],
    ],
    ['an address range', { ...byName, tls_client_auth_san_ip: '192.0.2.0/24' }, ['#/tls_client_auth_san_ip']],
    ['a name as mailbox', { ...byName, tls_client_auth_san_email: 'Pay' }, ['#/tls_client_auth_san_email']],
    [
      'a URI beyond ASCII',
      { ...byName, tls_client_auth_san_uri: 'https://bänk.example' },
      ['#/tls_client_auth_san_uri'],
    ],
    ['a key', { ...byKey, ...keys }, []],
    ['a key elsewhere', { ...byKey, jwks_uri: 'https://app.example/jwks' }, []],
    ['no key', byKey, ['#/token_endpoint_auth_method']],
    ['tokens bound to a certificate', bound, []],
    [
      'the same for a public client (§4)',
      {
        ...bound,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
      },
      [],
    ],
  ])('%s', (_what, metadata, faults) => {
    expect(faultsOf(metadata)).toEqual(faults)
  })

  test('can be registered only as far as this deployment sees certificates', () => {
    const off = { mtls: undefined }
    expect(faultsOf({ ...byName, ...dn }, off)).toEqual(['#/token_endpoint_auth_method'])
    expect(faultsOf({ ...byKey, ...keys }, off)).toEqual(['#/token_endpoint_auth_method'])
    expect(faultsOf(bound, off)).toEqual(['#/tls_client_certificate_bound_access_tokens'])
    const unverified = { mtls: { ...mtls, front: 'proxy', verifiesChains: false } }
    expect(faultsOf({ ...byName, ...dn }, unverified)).toEqual(['#/token_endpoint_auth_method'])
    expect(faultsOf({ ...byKey, ...keys }, unverified)).toEqual([])
    expect(faultsOf(bound, unverified)).toEqual([])
  })
})

describe('inline keys (RFC 7517)', () => {
  const rsa = (bits: number) => ({ kty: 'RSA', e: 'AQAB', n: 'x'.repeat(Math.ceil(bits / 6)) })
  test.each([
    [ecKey],
    [{ ...ecKey, x5c: ['x'.repeat(200)] }],
    [{ kty: 'OKP', crv: 'Ed25519', x: 'x'.repeat(43) }],
    [rsa(2048)],
    [{ ...ecKey, kid: 'a', use: 'sig', alg: 'ES256' }],
    [{ ...ecKey, use: 'enc', alg: 'ECDH-ES' }],
    [{ kty: 'OKP', crv: 'X25519', x: 'x'.repeat(43), use: 'enc' }],
  ])('takes %j', (key) => {
    expect(publicJwksFaults({ keys: [key] })).toEqual([])
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['a private member', { ...ecKey, d: 'secret' }, '/d'],
    ['private RSA members', { ...rsa(2048), p: 'x' }, '/p'],
    ['certificates that are no list', { ...ecKey, x5c: 'x'.repeat(200) }, ''],
    ['certificates in base64url', { ...ecKey, x5c: ['_'.repeat(200)] }, ''],
    ['a symmetric key', { kty: 'oct', k: 'secret' }, '/k'],
    ['a symmetric key without its value', { kty: 'oct' }, ''],
    ['a short RSA key', rsa(1024), ''],
    ['an enormous RSA key', rsa(16_384), ''],
    ['an RSA key without n', { kty: 'RSA', e: 'AQAB' }, ''],
    ['an unknown curve', { ...ecKey, crv: 'secp256k1' }, ''],
    ['no point', { kty: 'EC', crv: 'P-256' }, ''],
    ['half a point', { ...ecKey, y: undefined }, ''],
    ['a use of its own', { ...ecKey, use: 'both' }, ''],
    ['X25519, to sign with', { kty: 'OKP', crv: 'X25519', x: 'x'.repeat(43) }, ''],
    ['Ed25519, to encrypt to', { kty: 'OKP', crv: 'Ed25519', x: 'x'.repeat(43), use: 'enc' }, ''],
    ['a kid that is no text', { ...ecKey, kid: 5 }, ''],
    ['a type from Object.prototype', { ...ecKey, kty: 'constructor' }, ''],
  ])('refuses %s', (_, key, place) => {
    expect(publicJwksFaults({ keys: [key] })).toMatchObject([{ pointer: `#/jwks/keys/0${place}` }])
  })

  test('refuses one kid for two keys', () => {
    const key = { ...ecKey, kid: 'a' }
    expect(publicJwksFaults({ keys: [key, key] })).toMatchObject([{ pointer: '#/jwks/keys/1/kid' }])
  })
})

describe('client ids', () => {
  test.each(['shop', 'my-app.example_1~x', 'A1b'])('takes %s', (id) => {
    expect(clientIdFault(id)).toBeUndefined()
  })

  test.each([
    '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60',
    '019A8F5E-7C1A-7B3E-9F64-2B1D3C4E5F60',
    'authly',
    'Authly-cli',
    'system-job',
    'anonymous',
    'ab',
    'x'.repeat(129),
    '../etc',
    '-x-y',
    'a b',
    'a/b',
    'client:shop',
    'schön',
  ])('refuses %s', (id) => {
    expect(clientIdFault(id)).toMatch(/^must/)
  })
})

describe('sector documents (OpenID Connect Core §8.1)', () => {
  const uri = 'https://sector.example:444/uris.json'
  const serving = (text: string) => async () => ok(text)
  test('name the host once every redirect URI is listed', async () => {
    const listed = JSON.stringify([...redirect_uris, 'https://more.example/'])
    expect(await checkSector(serving(listed), uri, redirect_uris)).toEqual(ok('sector.example:444'))
  })

  test.each([
    ['a redirect URI is missing', serving('["https://other.example/"]'), /does not list/],
    ['it is no array', serving('{"uris": []}'), /JSON array/],
    ['it is no JSON', serving('<html>'), /JSON array/],
    [
      'it does not answer',
      async () => err({ kind: 'unreachable', detail: 'TimeoutError' } as const),
      /cannot be fetched: TimeoutError/,
    ],
    ['it answers 404', async () => err({ kind: 'bad_status', status: 404 } as const), /status 404/],
    ['it redirects', async () => err({ kind: 'redirect_refused' } as const), /redirect_refused/],
  ])('are refused when %s', async (_, guardedFetch, why) => {
    expect(await checkSector(guardedFetch, uri, redirect_uris)).toMatchObject({
      ok: false,
      error: { pointer: '#/sector_identifier_uri', detail: expect.stringMatching(why) },
    })
  })
})

describe('addresses that are told of sign-outs', () => {
  test.each<[string, Partial<ClientMetadata>, readonly string[]]>([
    ['back-channel', { backchannel_logout_uri: 'https://api.app.example/logout?x=1' }, []],
    ['front-channel', { frontchannel_logout_uri: 'https://app.example/bye?x=1' }, []],
    [
      'both, with sid',
      {
        ...{
          backchannel_logout_uri: 'https://api.app.example/logout',
          backchannel_logout_session_required: true,
        },
        ...{ frontchannel_logout_uri: 'https://app.example/bye', frontchannel_logout_session_required: true },
      },
      [],
    ],
    ['http', { backchannel_logout_uri: 'http://app.example/logout' }, ['#/backchannel_logout_uri']],
    // Attack: server-side request forgery.
    ['a private address', { backchannel_logout_uri: 'https://10.1.2.3/' }, ['#/backchannel_logout_uri']],
    ['its metadata', { backchannel_logout_uri: 'https://169.254.169.254/x' }, ['#/backchannel_logout_uri']],
    ['another port', { backchannel_logout_uri: 'https://app.example:22/' }, ['#/backchannel_logout_uri']],
    ['a fragment', { backchannel_logout_uri: 'https://app.example/x#y' }, ['#/backchannel_logout_uri']],
    [
      'a frame over http',
      { frontchannel_logout_uri: 'http://app.example/bye' },
      ['#/frontchannel_logout_uri', '#/frontchannel_logout_uri'],
    ],
    // Attack: our page frames somebody else's (Front-Channel Logout 1.0 §2).
    [
      'a frame elsewhere',
      { frontchannel_logout_uri: 'https://other.example/bye' },
      ['#/frontchannel_logout_uri'],
    ],
    [
      'a frame at another port',
      { frontchannel_logout_uri: 'https://app.example:8443/bye' },
      ['#/frontchannel_logout_uri'],
    ],
    [
      'a frame with a fragment',
      { frontchannel_logout_uri: 'https://app.example/#bye' },
      ['#/frontchannel_logout_uri'],
    ],
    [
      'a script',
      { frontchannel_logout_uri: 'javascript:alert(1)' },
      ['#/frontchannel_logout_uri', '#/frontchannel_logout_uri'],
    ],
    [
      'sid without an address',
      { backchannel_logout_session_required: true },
      ['#/backchannel_logout_session_required'],
    ],
    [
      'sid without a frame',
      { frontchannel_logout_session_required: true },
      ['#/frontchannel_logout_session_required'],
    ],
  ])('%s', (_, metadata, faults) => {
    expect(faultsOf(metadata)).toEqual(faults)
  })
})

describe('a client that nobody reviewed', () => {
  test.each([
    [{ first_party: true }, '#/first_party'],
    [{ scope: 'openid admin:users:read' }, '#/scope'],
    [{ serves_resources: ['https://api.example'] }, '#/serves_resources'],
  ])('cannot have %j; a reviewed one can', (members, pointer) => {
    expect(faultsOf({ ...members, reviewed: false })).toEqual([pointer])
    expect(faultsOf(members)).toEqual([])
  })
})
