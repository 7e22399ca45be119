/** The table of profiles, row by row: what a demand pins it pins, and what it refuses cannot be registered. */
import { describe, expect, it, test } from 'vitest'
import { applyProfile } from '../../../src/clients/apply-profile.ts'
import { checkClientMetadata } from '../../../src/clients/check-client-metadata.ts'
import type { Client, RegisteredClient } from '../../../src/clients/client.ts'
import type { ClientMetadata } from '../../../src/clients/client-metadata.ts'
import { metadataDefaults, metadataDefaultsOf } from '../../../src/clients/complete-metadata.ts'
import { baseRules, type Profile, type ProfileRules, profiles } from '../../../src/clients/profile.ts'
import { compareProfiles, servedDifferences } from '../../../src/clients/profiles/compare-profiles.ts'
import { foundations } from '../../../src/clients/profiles/foundations.ts'
import { demands, demandsOf, profileFaults, termsOf } from '../../../src/clients/profiles/index.ts'
import { aClient } from '../../fakes/client.ts'

const ecKey = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) }

/** Registered so that every profile takes it. */
const strict: ClientMetadata = {
  ...metadataDefaults,
  client_name: 'App',
  redirect_uris: ['https://app.example/callback'],
  resources: ['https://api.example'],
  // Text: which methods the server knows is not what is tested here.
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_method_named: true,
  jwks: { keys: [ecKey] },
  id_token_signed_response_alg: 'ES256',
}

interface Expected {
  /** What contradicts the demand, and where the fault is. */
  readonly refused?: readonly [metadata: Partial<ClientMetadata>, pointer: string][]
  /** A client registered otherwise, and how it is served. */
  readonly served?: readonly [registered: Partial<RegisteredClient>, served: Partial<RegisteredClient>][]
  readonly rules?: Partial<ProfileRules>
}

const fapiMethods = ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']
const fapiAlgs = ['PS256', 'ES256', 'EdDSA', 'Ed25519']

const expectations: Readonly<Record<string, Expected>> = {
  confidential_client: {
    rules: { auth_methods: fapiMethods },
    refused: [[{ token_endpoint_auth_method: 'none' }, '#/token_endpoint_auth_method']],
  },
  client_authentication: {
    rules: { auth_methods: fapiMethods },
    refused: [
      [{ token_endpoint_auth_method: 'client_secret_basic' }, '#/token_endpoint_auth_method'],
      [{ token_endpoint_auth_method: 'client_secret_post' }, '#/token_endpoint_auth_method'],
    ],
  },
  https_redirect_uris: {
    served: [
      [
        { redirect_uris: ['https://app.example/a', 'http://127.0.0.1/a', 'com.example.app:/a'] },
        { redirect_uris: ['https://app.example/a'] },
      ],
      [
        { application_type: 'native', redirect_uris: ['http://127.0.0.1/a', 'com.example.app:/a'] },
        { redirect_uris: ['http://127.0.0.1/a'] },
      ],
    ],
    refused: [
      [{ redirect_uris: ['https://app.example/a', 'http://127.0.0.1/a'] }, '#/redirect_uris/1'],
      [{ application_type: 'native', redirect_uris: ['com.example.app:/a'] }, '#/redirect_uris/0'],
    ],
  },
  web_redirect_uris: {
    served: [
      [
        { redirect_uris: ['http://localhost:3000/a', 'com.example.app:/a'] },
        { redirect_uris: ['http://localhost:3000/a'] },
      ],
    ],
    refused: [[{ application_type: 'native', redirect_uris: ['com.example.app:/a'] }, '#/redirect_uris/0']],
  },
  pkce: {
    served: [
      [
        { require_pkce: false, nonce_optional: true },
        { require_pkce: true, nonce_optional: false },
      ],
    ],
    refused: [[{ require_pkce: false, scope: 'openid' }, '#/require_pkce']],
  },
  pushed_request: {
    served: [
      [{ require_pushed_authorization_requests: false }, { require_pushed_authorization_requests: true }],
    ],
  },
  resource: {
    rules: { resource_required: true },
    refused: [[{ resources: [] }, '#/resources']],
  },
  signed_request: {
    served: [[{ require_signed_request_object: false }, { require_signed_request_object: true }]],
    refused: [[{ jwks: null }, '#/jwks']],
  },
  signed_response: { rules: { signed_response_required: true } },
  code_lifetime: { rules: { max_code_ttl_seconds: 60 } },
  assertion_audience: { rules: { assertion_audience: 'issuer' } },
  signature_algorithms: {
    rules: { signing_algs: fapiAlgs },
    served: [
      [
        {
          id_token_signed_response_alg: 'RS256',
          access_token_signed_response_alg: 'RS256',
          userinfo_signed_response_alg: 'RS256',
          token_endpoint_auth_signing_alg: 'RS256',
        },
        {
          id_token_signed_response_alg: 'ES256',
          access_token_signed_response_alg: 'ES256',
          userinfo_signed_response_alg: 'ES256',
          token_endpoint_auth_signing_alg: 'RS256',
        },
      ],
      [{ id_token_signed_response_alg: 'EdDSA' }, { id_token_signed_response_alg: 'EdDSA' }],
    ],
    refused: [
      [{ id_token_signed_response_alg: 'RS256' }, '#/id_token_signed_response_alg'],
      [{ access_token_signed_response_alg: 'RS256' }, '#/access_token_signed_response_alg'],
      [{ userinfo_signed_response_alg: 'RS256' }, '#/userinfo_signed_response_alg'],
      [{ token_endpoint_auth_signing_alg: 'RS256' }, '#/token_endpoint_auth_signing_alg'],
      [{ token_endpoint_auth_signing_alg: 'ES384' }, '#/token_endpoint_auth_signing_alg'],
    ],
  },
  sender_constraint: { rules: { sender_constraint_required: true } },
  refresh_token_kept: { rules: { rotates_refresh_tokens: false } },
  refresh_token_rotated: { rules: { rotates_refresh_tokens: true } },
  request_object_lifetime: { rules: { max_request_object_age_seconds: 3600 } },
  signed_introspection: { rules: { signed_introspection_required: true } },
}

const { rules: _, ...registered } = aClient()
/** Registered anew each time: what is served is remembered by the registered client. */
const serve = (members: Partial<RegisteredClient>, deployment: Profile): Client =>
  applyProfile({ ...registered, ...members }, deployment)

const context = {
  ...{ allowLoopbackFetch: false, fetchHosts: new Set<string>(), localIssuer: false },
  mtls: { origin: 'https://mtls.auth.example', front: 'cloudflare' as const, verifiesChains: true },
}
const faultsUnder = (deployment: Profile, metadata: Partial<ClientMetadata>) =>
  checkClientMetadata({ ...strict, ...metadata }, { ...context, profile: deployment }).map((fault) =>
    'pointer' in fault ? fault.pointer : '',
  )

describe('the table', () => {
  it('has no demand that is not tested here, and none twice', () => {
    const ids = demands.map(({ id }) => id)
    expect([...ids].sort()).toEqual(Object.keys(expectations).sort())
    const all = [...ids, ...foundations.map(({ id }) => id)]
    expect(new Set(all).size).toBe(all.length)
  })

  it('has no row without consequence: each pins, refuses or rules something', () => {
    for (const { id, rules, members, pins, refuses } of demands)
      expect([rules, members, pins, refuses].some(Boolean), id).toBe(true)
  })

  it('names a specification and says what happens to clients and grants, in every row', () => {
    for (const { id, ...words } of demands)
      for (const text of [words.specification, words.words, words.otherwise, words.grants])
        expect(text.length, id).toBeGreaterThan(3)
  })

  it('contains message signing in FAPI whole: it adds to the security profile and takes nothing', () => {
    const { lifted } = compareProfiles('fapi2-security', 'fapi2-message-signing')
    expect(lifted).toEqual([])
  })

  it('has the base in oidc: what a client without profile gets', () => {
    expect(termsOf('oidc')).toEqual({ rules: baseRules, members: {} })
    const client = serve({ require_pkce: false, nonce_optional: true }, 'oidc')
    expect(client).toMatchObject({ ...registered, require_pkce: false, nonce_optional: true })
  })

  it('takes what is registered strictly, under every profile', () => {
    for (const profile of profiles) expect(faultsUnder(profile, {}), profile).toEqual([])
  })
})

const cells = demands.flatMap((demand) => profiles.map((profile) => ({ id: demand.id, profile, demand })))

describe.each(cells)('$id under $profile', ({ id, profile, demand }) => {
  const expected = expectations[id] as Expected
  const isMade = demand.profiles.includes(profile)

  test.each([...(expected.served ?? [])])('pins %j', (members, served) => {
    const client = serve(members, profile)
    if (isMade) expect(client).toMatchObject(served)
    // Another demand of this profile may pin the same member.
    else if (!demandsOf(profile).some(({ pins, members: fixed }) => pins || fixed)) {
      expect(client).toMatchObject(members)
    }
  })

  test('rules as demanded, for the client’s own profile and for the deployment’s', () => {
    const wanted = isMade ? (expected.rules ?? {}) : {}
    expect(serve({}, profile).rules).toMatchObject({ ...wanted, profile })
    expect(serve({ profile }, 'oidc').rules).toMatchObject({ ...wanted, profile })
  })

  test.each([...(expected.refused ?? [])])('refuses %j', (metadata, pointer) => {
    const own = faultsUnder('oidc', { ...metadata, profile })
    const deployed = faultsUnder(profile, metadata)
    expect(own).toEqual(deployed)
    const byDemand = demand
      .refuses?.({ ...strict, ...metadata })
      .map((fault) => 'pointer' in fault && fault.pointer)
    expect(byDemand).toContain(pointer)
    if (isMade) expect(deployed).toContain(pointer)
  })
})

describe('whose profile counts', () => {
  it('is the client’s own before the deployment’s, stricter or laxer', () => {
    expect(serve({ profile: 'oidc' }, 'fapi2-security').rules.profile).toBe('oidc')
    expect(serve({ profile: 'oidc' }, 'fapi2-security').require_pushed_authorization_requests).toBe(false)
    expect(serve({ profile: 'fapi2-security' }, 'oidc').rules.rotates_refresh_tokens).toBe(false)
    const lax = { token_endpoint_auth_method: 'none', grant_types: ['authorization_code'] } as const
    expect(faultsUnder('fapi2-security', { ...lax, profile: 'oauth2.1' })).toEqual([])
    expect(faultsUnder('oauth2.1', { ...lax, profile: 'fapi2-security' })).toEqual([
      '#/token_endpoint_auth_method',
    ])
  })

  it('is the strictest one in place of one that only a newer version of the server knows', () => {
    const newer = 'fapi3-security' as unknown as Profile
    expect(serve({ profile: newer }, 'oidc').rules).toEqual(termsOf('fapi2-message-signing').rules)
  })

  it('follows a deployment that changes, though what is served is remembered', () => {
    const client = { ...registered }
    expect(applyProfile(client, 'oidc').rules.profile).toBe('oidc')
    expect(applyProfile(client, 'mcp').rules.profile).toBe('mcp')
    expect(applyProfile(client, 'mcp')).toBe(applyProfile(client, 'mcp'))
  })

  it('leaves a pin out of what is registered: the registered client is not changed', () => {
    const client = Object.freeze({ ...registered, id_token_signed_response_alg: 'RS256' as const })
    expect(applyProfile(client, 'fapi2-security').id_token_signed_response_alg).toBe('ES256')
    expect(client.id_token_signed_response_alg).toBe('RS256')
  })
})

describe('the resource of an mcp client', () => {
  it('is nothing that an administrative or an introspecting client needs', () => {
    const admin = { resources: [], scope: 'openid admin:users:read' }
    expect(faultsUnder('mcp', admin)).toEqual([])
    const api = {
      ...{ resources: [], grant_types: [], response_types: [] },
      serves_resources: ['https://api.example'],
    }
    expect(faultsUnder('mcp', api)).toEqual([])
  })
})

describe('defaults under a profile', () => {
  it('are what it takes: nothing needs to be named to be allowed', () => {
    for (const profile of profiles) {
      const { id_token_signed_response_alg, access_token_signed_response_alg } = metadataDefaultsOf(profile)
      const chosen = { id_token_signed_response_alg, access_token_signed_response_alg }
      expect(profileFaults({ ...strict, ...chosen }, profile), profile).toEqual([])
    }
    expect(metadataDefaultsOf('oidc')).toEqual(metadataDefaults)
    expect(metadataDefaultsOf('fapi2-security').id_token_signed_response_alg).toBe('ES256')
  })
})

describe('the difference between two ways of serving', () => {
  it('names members and rules, with values as text', () => {
    const client = { ...registered }
    const differences = servedDifferences(
      applyProfile(client, 'oidc'),
      applyProfile({ ...client }, 'fapi2-security'),
    )
    const of = (member: string) => differences.find((difference) => difference.member === member)
    expect(of('id_token_signed_response_alg')).toMatchObject({ before: 'RS256', after: 'ES256' })
    expect(of('rotates_refresh_tokens')).toMatchObject({ before: 'true', after: 'false' })
    expect(of('signing_algs')).toMatchObject({ before: null, after: fapiAlgs.join(' ') })
    expect(of('profile')).toMatchObject({ before: 'oidc', after: 'fapi2-security' })
    expect(of('client_name')).toBeUndefined()
  })

  it('never shows a secret', () => {
    const secrets = [{ secret_hash: 'hash of a secret', expires_at: undefined }]
    const [before, after] = [applyProfile({ ...registered }, 'oidc'), serve({ secrets }, 'fapi2-security')]
    expect(JSON.stringify(servedDifferences(before, after))).not.toContain('hash of a secret')
  })
})
