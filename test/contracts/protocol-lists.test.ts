/** The lists the server works by and the metadata it publishes are one thing: adding to a list is all it takes. */
import { describe, expect, it } from 'vitest'
import { aliasedEndpoints, type MtlsSettings } from '../../src/certificates/mtls-settings.ts'
import { applyProfile } from '../../src/clients/apply-profile.ts'
import type { ClientMetadata } from '../../src/clients/client-metadata.ts'
import { metadataDefaults } from '../../src/clients/complete-metadata.ts'
import { profiles } from '../../src/clients/profile.ts'
import { profileFaults, termsOf } from '../../src/clients/profiles/index.ts'
import { signingAlgs } from '../../src/keys/algorithms.ts'
import { reachableClasses } from '../../src/login/steps/index.ts'
import { type RequestEndpoint, requestEndpoints } from '../../src/oauth/authorize/endpoint.ts'
import { requestSources } from '../../src/oauth/authorize/request-sources/index.ts'
import { stages } from '../../src/oauth/authorize/stages.ts'
import { clientAuthenticators, offeredAuthenticators } from '../../src/oauth/client-auth/index.ts'
import { grantTypes } from '../../src/oauth/grants/index.ts'
import { serverMetadata } from '../../src/oidc/discovery.ts'
import { claimsByScope, userClaims } from '../../src/protocol/claims.ts'
import {
  assertionSigningAlgs,
  type ClientAuthMethod,
  clientAuthMethodNames,
} from '../../src/protocol/client-auth-methods.ts'
import { identityScopes } from '../../src/protocol/scope-parameter.ts'
import { aClient } from '../fakes/client.ts'

const issuer = 'https://auth.test'
/** Everything switched on. */
const mtls: MtlsSettings = { origin: 'https://mtls.auth.test', front: 'cloudflare', verifiesChains: true }
const everythingOn = {
  mtls,
  ...{ acrValues: reachableClasses(), registers: true, requiresPushed: false },
  detailsTypes: ['payment'],
  profile: 'oidc' as const,
  checksSessions: true,
  unregistered: { registration: true, documents: true },
}
const metadata: Record<string, unknown> = { ...serverMetadata(issuer, everythingOn) }
const { rules: _, ...registered } = aClient()
const listed = (name: string) => metadata[name] as readonly string[]

/** RFC 6749 appendix A.10; extension grants are URIs. */
const grantName = /^([A-Za-z0-9._-]+|urn:[\x21-\x7e]+|https:[\x21-\x7e]+)$/

describe('grant types', () => {
  it('are in the metadata, each once and no other (RFC 8414 §2)', () => {
    const types = grantTypes.map(({ type }) => type)
    expect(listed('grant_types_supported')).toEqual(types)
    expect(new Set(types).size).toBe(types.length)
  })

  it.each(grantTypes)('$type has a name of the grammar and says who may use it', ({ type, clients }) => {
    expect(type).toMatch(grantName)
    expect(['any', 'confidential']).toContain(clients)
  })

  it.each(['password', 'implicit'])('never include %s (OAuth 2.1 §10)', (type) => {
    expect(listed('grant_types_supported')).not.toContain(type)
  })
})

describe('client authentication methods', () => {
  it('are in the metadata of every endpoint that reads them (RFC 8414 §2)', () => {
    const methods = clientAuthenticators.map(({ method }) => method)
    expect(listed('token_endpoint_auth_methods_supported')).toEqual(methods)
    expect(listed('revocation_endpoint_auth_methods_supported')).toEqual(methods)
  })

  it('are those a client can be registered with, each once', () => {
    const methods = clientAuthenticators.map(({ method }) => method)
    expect([...methods].sort()).toEqual([...clientAuthMethodNames].sort())
    expect(new Set(methods).size).toBe(methods.length)
  })

  it('by certificate are in it as far as this deployment sees certificates (RFC 8705 §2)', () => {
    const offered = (settings: MtlsSettings | undefined) => {
      const document: Record<string, unknown> = serverMetadata(issuer, {
        ...everythingOn,
        mtls: settings,
      })
      const methods = offeredAuthenticators(settings).map(({ method }) => method)
      expect(document['token_endpoint_auth_methods_supported']).toEqual(methods)
      const names = ['tls_client_certificate_bound_access_tokens', 'mtls_endpoint_aliases']
      return [
        ...methods.filter((method) => method.includes('tls')),
        ...names.filter((name) => name in document),
      ]
    }
    const both = ['tls_client_certificate_bound_access_tokens', 'mtls_endpoint_aliases']
    expect(offered(undefined)).toEqual([])
    expect(offered(mtls)).toEqual(['tls_client_auth', 'self_signed_tls_client_auth', ...both])
    expect(offered({ ...mtls, verifiesChains: false })).toEqual(['self_signed_tls_client_auth', ...both])
    // Without a host of their own the endpoints have no alias.
    expect(offered({ ...mtls, origin: issuer })).toEqual(
      expect.not.arrayContaining(['mtls_endpoint_aliases']),
    )
  })

  it('at introspection leave out none: it must be protected (RFC 7662 §2.1)', () => {
    const methods = clientAuthenticators.map(({ method }) => method as string)
    const expected = methods.filter((method) => method !== 'none')
    expect(listed('introspection_endpoint_auth_methods_supported')).toEqual(expected)
  })

  it('name their algorithms, never none and never HMAC (RFC 8414 §2, RFC 8725 §3.2)', () => {
    for (const endpoint of ['token', 'introspection', 'revocation']) {
      const algs = listed(`${endpoint}_endpoint_auth_signing_alg_values_supported`)
      expect(algs).toEqual([...assertionSigningAlgs])
      expect(algs.filter((alg) => alg === 'none' || alg.startsWith('HS'))).toEqual([])
    }
  })
})

describe.each(profiles)('the metadata of a deployment of profile %s', (profile) => {
  const { rules, members } = termsOf(profile)
  const document: Record<string, unknown> = { ...serverMetadata(issuer, { ...everythingOn, profile }) }
  const of = (name: string) => document[name] as readonly string[]
  const methods: readonly string[] = clientAuthenticators.map(({ method }) => method)
  const client = (method: string) =>
    applyProfile({ ...registered, token_endpoint_auth_method: method as ClientAuthMethod }, profile)

  it('lists the authentication methods that are accepted of its clients, all of them and no other', () => {
    const accepted = methods.filter((method) => {
      const { auth_methods } = client(method).rules
      return auth_methods === undefined || auth_methods.includes(method)
    })
    expect(of('token_endpoint_auth_methods_supported')).toEqual(accepted)
    expect(of('revocation_endpoint_auth_methods_supported')).toEqual(accepted)
    expect(of('introspection_endpoint_auth_methods_supported')).toEqual(
      accepted.filter((method) => method !== 'none'),
    )
    expect(accepted.length).toBeGreaterThan(0)
  })

  it('lists algorithms that its clients are served with, and takes their names at registration', () => {
    const served = signingAlgs.filter((alg) => {
      const members = { id_token_signed_response_alg: alg, userinfo_signed_response_alg: alg }
      const client = applyProfile({ ...registered, ...members }, profile)
      return client.id_token_signed_response_alg === alg && client.userinfo_signed_response_alg === alg
    })
    expect(of('id_token_signing_alg_values_supported')).toEqual(served)
    expect(of('userinfo_signing_alg_values_supported')).toEqual(served)
    const faults = (alg: string) =>
      profileFaults({ ...metadataDefaults, id_token_signed_response_alg: alg } as ClientMetadata, profile)
        .map((fault) => 'pointer' in fault && fault.pointer)
        .filter((pointer) => pointer === '#/id_token_signed_response_alg')
    expect(signingAlgs.filter((alg) => faults(alg).length === 0)).toEqual(served)
  })

  it('lists algorithms of assertions that count, all of them and no other', () => {
    const accepted = assertionSigningAlgs.filter((alg) => rules.signing_algs?.includes(alg) ?? true)
    for (const endpoint of ['token', 'introspection', 'revocation'])
      expect(of(`${endpoint}_endpoint_auth_signing_alg_values_supported`)).toEqual(accepted)
  })

  it('lists no algorithm anywhere that the profile forbids', () => {
    for (const [name, algs] of Object.entries(document)) {
      if (!name.endsWith('_signing_alg_values_supported')) continue
      const forbidden = (algs as readonly string[]).filter(
        (alg) => !(rules.signing_algs?.includes(alg) ?? true),
      )
      expect([name, forbidden]).toEqual([name, []])
    }
  })

  it('says whether requests must be pushed or signed, as its clients are served (RFC 9126 §5, RFC 9101 §10.5)', () => {
    for (const member of [
      'require_pushed_authorization_requests',
      'require_signed_request_object',
    ] as const) {
      expect(document[member]).toBe(client('private_key_jwt')[member])
      expect(document[member]).toBe(members[member] ?? false)
    }
  })
})

describe('the metadata', () => {
  it('has what OpenID Connect Discovery §3 and RFC 8414 §2 require', () => {
    for (const name of [
      ...['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri', 'response_types_supported'],
      ...['subject_types_supported', 'id_token_signing_alg_values_supported'],
    ]) {
      expect(metadata).toHaveProperty(name)
    }
    expect(listed('id_token_signing_alg_values_supported')).toContain('RS256')
    expect(listed('scopes_supported')).toContain('openid')
  })

  it('lists the algorithms we sign with, and only those', () => {
    for (const name of ['id_token', 'userinfo']) {
      expect(listed(`${name}_signing_alg_values_supported`)).toEqual([...signingAlgs])
    }
  })

  it('promises no implicit flow and no PKCE plain (OAuth 2.1 §10.1, RFC 9700 §2.1.1)', () => {
    expect(listed('response_types_supported')).toEqual(['code'])
    expect(listed('code_challenge_methods_supported')).toEqual(['S256'])
    expect(listed('response_modes_supported')).not.toContain('fragment')
  })

  it('has only lists without repetition, and https URLs below the issuer', () => {
    for (const [name, value] of Object.entries(metadata)) {
      if (Array.isArray(value)) expect(new Set(value).size, name).toBe(value.length)
      if (/_(endpoint|uri)$/.test(name)) expect(value, name).toMatch(/^https:\/\/auth\.test\/[a-z.]/)
    }
    expect(metadata['issuer']).toBe(issuer)
  })

  it('has an alias on the host for certificates of each endpoint that a client calls itself (RFC 8705 §5)', () => {
    const aliases = metadata['mtls_endpoint_aliases'] as Record<string, string>
    const known = aliasedEndpoints.filter((name) => name in metadata)
    expect(known).toEqual(
      expect.arrayContaining(['token_endpoint', 'introspection_endpoint', 'userinfo_endpoint']),
    )
    expect(Object.keys(aliases)).toEqual(known)
    for (const name of known) {
      expect(aliases[name]).toBe(String(metadata[name]).replace(issuer, mtls.origin))
    }
  })

  it('lists every claim that a scope gives, and every scope that gives claims', () => {
    expect(listed('claims_supported')).toEqual(expect.arrayContaining([...userClaims]))
    expect(listed('scopes_supported')).toEqual([...identityScopes])
    expect(listed('scopes_supported')).toEqual(expect.arrayContaining(Object.keys(claimsByScope)))
  })
})

describe('the stages of an authorization request', () => {
  const running = (endpoint: RequestEndpoint) =>
    stages.filter((stage) => stage[endpoint]).map(({ check }) => check.name)

  it('run each check once, duplicates before all others (RFC 6749 §3.1)', () => {
    expect(new Set(stages.map(({ check }) => check)).size).toBe(stages.length)
    for (const endpoint of requestEndpoints) expect(running(endpoint)[0]).toBe('checkDuplicates')
  })

  it('are those of the authorization endpoint wherever a request is taken (RFC 9126 §2.1)', () => {
    expect(running('authorize')).toHaveLength(stages.length)
    expect(running('authorize').filter((name) => !running('par').includes(name))).toEqual(['checkPushed'])
  })
})

describe('the sources of an authorization request', () => {
  it('are named once, and what only points elsewhere is not pushed (RFC 9126 §2.1)', () => {
    const names = requestSources.map(({ source }) => source.name)
    expect(new Set(names).size).toBe(names.length)
    expect(requestSources.filter(({ par }) => par).map(({ source }) => source.name)).toEqual([
      'object',
      'plain',
    ])
  })

  it('end with the one that every request has', () => {
    const anything = { get: () => undefined, all: () => [], duplicates: new Set<string>(), encoded: '' }
    expect(requestSources.filter(({ source }) => source.isNamedBy(anything))).toEqual([requestSources.at(-1)])
  })
})
