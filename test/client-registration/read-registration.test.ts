import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDocument } from '../../src/client-registration/read-document.ts'
import { readRegistration, type Said } from '../../src/client-registration/read-registration.ts'
import { registrableMembers } from '../../src/client-registration/registrable-members.ts'

const context = {
  ...{
    localIssuer: false,
    allowLoopbackFetch: false,
    fetchHosts: new Set<string>(),
    mtls: undefined,
    profile: 'oidc' as const,
    assigned: 'mcp' as const,
  },
  open: { scopes: ['openid', 'profile', 'offline_access'], resources: [] },
  grantTypes: ['authorization_code', 'refresh_token'],
}
const web = { redirect_uris: ['https://app.example/callback'] }
const read = (said: Said) => readRegistration(said, context)

/** What it may come to, whatever a client says. */
const harmless = {
  ...{ first_party: false, reviewed: false, enabled: true, require_pkce: true, nonce_optional: false },
  ...{ serves_resources: [], resources: [], required_acr_values: [], admin_ip_allow_list: [] },
  ...{ access_token_ttl_seconds: null, refresh_token_absolute_ttl_seconds: null, profile: 'mcp' },
}

/** Names that mean something, or nothing, or trouble. */
const names = fc.constantFrom(
  ...registrableMembers,
  ...Object.keys(harmless),
  ...['client_id', 'origin', '__proto__', 'constructor', 'toString', 'client_name#de', 'software_statement'],
)
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ...[
      'https://app.example/callback',
      'javascript:alert(1)',
      'http://127.0.0.1/cb',
      'com.example.app:/cb',
      'none',
    ],
    ...[
      'private_key_jwt',
      'openid admin:users:read',
      'authorization_code',
      'code',
      'pairwise',
      'web',
      'RS256',
    ],
    ...[
      'https://10.0.0.1/',
      'https://app.example\\@evil.example/',
      'https://app.example/%2e%2e/',
      'code token',
    ],
  ),
)
const values = fc.oneof(
  texts,
  fc.array(texts, { maxLength: 4 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constant({ keys: [{ kty: 'oct', k: 'AAAA' }] }),
  fc.constant({ keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'private' }] }),
  fc.constant({ keys: [null] }),
)
const saids = fc.array(fc.tuple(names, values), { maxLength: 12 }).map((members) => {
  const said: Record<string, unknown> = Object.assign(Object.create(null), web)
  for (const [name, value] of members) said[name] = value
  return said
})

describe('whatever a client says of itself', () => {
  test('ends in metadata that are harmless, or in a refusal by its specified code (RFC 7591 §3.2.2)', () => {
    fc.assert(
      fc.property(saids, (said) => {
        const outcome = read(said)
        if (outcome.ok) {
          expect(outcome.value).toMatchObject(harmless)
          expect(outcome.value.scope).not.toContain('admin:')
          for (const uri of outcome.value.redirect_uris) expect(uri).not.toMatch(/^(javascript|data):|#/)
          expect(JSON.stringify(outcome.value.jwks ?? '')).not.toMatch(/"d":|"k":/)
        } else {
          expect(['invalid_redirect_uri', 'invalid_client_metadata']).toContain(outcome.error.error)
          expect(outcome.error.status).toBe(400)
          // RFC 6749 §5.2: the characters of a description.
          expect(outcome.error.description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e§’“”…]*$/)
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('and what a document says, too', async () => {
    const address = 'https://app.example/client.json'
    await fc.assert(
      fc.asyncProperty(saids, async (said) => {
        const found = await readDocument(JSON.stringify({ ...said, client_id: address }), address, context)
        if (!found) return
        expect(['none', 'private_key_jwt']).toContain(found.columns['token_endpoint_auth_method'])
        expect(found.columns).toMatchObject({
          first_party: false,
          reviewed: false,
          scopes: [],
          resources: [],
        })
      }),
      { numRuns: 1000 },
    )
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await readDocument(text, address, context)).toBeUndefined()
      }),
    )
  })
})

describe('a description of a refusal', () => {
  test('never repeats a value, which may be a secret', () => {
    for (const said of [
      { ...web, jwks_uri: 'https://user:hunter2@app.example/' },
      { ...web, scope: 'hunter2' },
      { redirect_uris: ['http://hunter2.example/'] },
      { ...web, token_endpoint_auth_method: 'hunter2' },
    ]) {
      const outcome = read(said)
      expect(outcome.ok ? '' : outcome.error.description).not.toContain('hunter2')
      expect(outcome.ok).toBe(false)
    }
  })
})

describe('what a client is where it does not say so', () => {
  test.each([
    [['https://app.example/callback'], 'web'],
    [['http://127.0.0.1:8080/callback'], 'native'],
    [['http://localhost/callback'], 'native'],
    [['com.example.app:/callback'], 'native'],
    [['https://app.example/callback', 'http://[::1]/callback'], 'native'],
  ])('%j: %s', (redirect_uris, application_type) => {
    const said = { redirect_uris, token_endpoint_auth_method: 'none' }
    // The profile of MCP takes no private-use schemes.
    const outcome = readRegistration(said, { ...context, assigned: 'oauth2.1' })
    expect(outcome.ok && outcome.value.application_type).toBe(application_type)
  })

  test('what it says counts (OpenID Connect Registration §2)', () => {
    const said = {
      redirect_uris: ['http://127.0.0.1/callback'],
      application_type: 'web',
      token_endpoint_auth_method: 'none',
    }
    expect(read(said)).toMatchObject({ ok: false, error: { error: 'invalid_redirect_uri' } })
  })
})
