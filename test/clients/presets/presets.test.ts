import { describe, expect, test } from 'vitest'
import { checkClientMetadata } from '../../../src/clients/check-client-metadata.ts'
import type { ClientMetadata, Given } from '../../../src/clients/client-metadata.ts'
import { metadataDefaultsOf } from '../../../src/clients/complete-metadata.ts'
import { applyPreset } from '../../../src/clients/presets/apply-preset.ts'
import { type Choice, choosePreset } from '../../../src/clients/presets/choose-preset.ts'
import { describeSetup } from '../../../src/clients/presets/describe-setup.ts'
import { frameworks } from '../../../src/clients/presets/frameworks/index.ts'
import { presets } from '../../../src/clients/presets/index.ts'
import { presetNames } from '../../../src/clients/presets/preset-name.ts'

const resources = ['https://api.example']
const local = { localIssuer: true, allowLoopbackFetch: true, fetchHosts: new Set<string>(), apiScopes: [] }
const deployed = { ...local, localIssuer: false, allowLoopbackFetch: false }

function choiceOf(preset?: string, framework?: string): Choice {
  const chosen = choosePreset({ preset, framework })
  if (!chosen.ok || !chosen.value) throw new Error('no such choice')
  return chosen.value
}

/** As the operation completes it: presets first, then the defaults of every client. */
function metadataOf(
  choice: Choice,
  given: Omit<Given, 'client_name'> = {},
  context: typeof local = local,
): ClientMetadata {
  const filled = applyPreset(choice, { client_name: 'Example shop', ...given }, context)
  const present = Object.entries(filled).filter(([, value]) => value != null)
  const profile = (filled as Given).profile ?? 'oidc'
  return { ...metadataDefaultsOf(profile), ...Object.fromEntries(present) } as ClientMetadata
}

const faultsOf = (metadata: ClientMetadata, context: typeof local = local) =>
  checkClientMetadata(metadata, { ...context, mtls: undefined, profile: 'oidc' })

const setupOf = (choice: Choice, metadata: ClientMetadata, client_secret?: string) =>
  describeSetup(choice, { issuer: 'https://auth.example', client_id: 'app-1', client_secret, metadata })

const uses = frameworks.flatMap((framework) =>
  Object.keys(framework.uses).map((preset) => [preset, framework.name] as const),
)

test('every preset is in the list, under its name', () => {
  expect(presets.map(({ name }) => name)).toEqual([...presetNames])
})

describe('what a preset registers passes the rules for every client', () => {
  test.each([...presetNames.map((name) => [name, undefined] as const), ...uses])('%s %s', (...names) => {
    const metadata = metadataOf(choiceOf(...names), { resources })
    expect(faultsOf(metadata)).toEqual([])
    expect(metadata.reviewed).toBe(true)
  })

  test('not where it would be refused by hand: a single-page application on http, on a deployed server', () => {
    const metadata = metadataOf(choiceOf('spa', 'react'), {}, deployed)
    expect(faultsOf(metadata, deployed).map((fault) => 'pointer' in fault && fault.pointer)).toEqual([
      '#/redirect_uris',
    ])
    const redirect_uris = ['https://shop.example/callback']
    expect(faultsOf(metadataOf(choiceOf('spa'), { redirect_uris }, deployed), deployed)).toEqual([])
  })
})

describe('only a client whose code nobody else can run skips consent (RFC 8252 §8.6)', () => {
  test.each(presetNames)('%s', (name) => {
    const { application_type, first_party } = metadataOf(choiceOf(name), { resources })
    expect(first_party).toBe(name === 'spa' || name === 'web')
    if (application_type === 'native') expect(first_party).toBe(false)
  })
})

describe('refreshing ends with the session, but for programs that outlive browsers', () => {
  test.each(presetNames)('%s', (name) => {
    const { scope } = metadataOf(choiceOf(name), { resources })
    expect(scope.includes('offline_access')).toBe(name === 'native' || name === 'mcp')
  })
})

describe('what is named wins', () => {
  test('over members of the preset, null included', () => {
    const given = { scope: 'openid', first_party: false, dpop_bound_access_tokens: null }
    expect(metadataOf(choiceOf('spa'), given)).toMatchObject({
      ...{ scope: 'openid', first_party: false, dpop_bound_access_tokens: false },
      token_endpoint_auth_method: 'none',
    })
  })

  test('and what follows from it does too: sign-out and logout addresses', () => {
    const redirect_uris = ['https://shop.example/auth/callback', 'https://www.shop.example/auth/callback']
    const metadata = metadataOf(choiceOf('web', 'nextjs'), { redirect_uris }, deployed)
    expect(metadata).toMatchObject({
      redirect_uris,
      post_logout_redirect_uris: ['https://shop.example/', 'https://www.shop.example/'],
      backchannel_logout_uri: 'https://shop.example/auth/backchannel-logout',
    })
    const { environment } = setupOf(choiceOf('web', 'nextjs'), metadata, 'secret')
    expect(environment).toContainEqual({ name: 'AUTHLY_BASE_URL', value: 'https://shop.example' })
  })

  test('and a contradiction is refused by the rule that it breaks', () => {
    const wrong = metadataOf(choiceOf('machine'), { token_endpoint_auth_method: 'none' })
    expect(faultsOf(wrong)).toContainEqual(expect.objectContaining({ pointer: '#/grant_types' }))
  })
})

test('logout tokens are sent only where this server may send requests', () => {
  expect(metadataOf(choiceOf('web', 'hono'), {}, deployed).backchannel_logout_uri).toBeNull()
  expect(metadataOf(choiceOf('web', 'hono')).backchannel_logout_uri).toContain('/auth/backchannel-logout')
})

describe('choosing', () => {
  test('a framework alone means what it is most used for', () => {
    expect(choiceOf(undefined, 'react').preset.name).toBe('spa')
    expect(choiceOf(undefined, 'nextjs').preset.name).toBe('web')
    expect(choosePreset({})).toEqual({ ok: true, value: undefined })
  })

  test('a framework that is not for the preset is refused, and says for which it is', () => {
    const refused = choosePreset({ preset: 'native', framework: 'spring' })
    expect(refused).toMatchObject({ ok: false, error: [{ pointer: '#/framework' }] })
    expect(JSON.stringify(refused)).toContain('the preset web or the preset machine, not for native')
  })

  test('mcp needs a server to be a client of', () => {
    const { needs } = choiceOf('mcp').preset
    expect(needs?.({})).toMatchObject([{ pointer: '#/resources' }])
    expect(needs?.({ resources })).toEqual([])
  })
})

describe('the environment', () => {
  test.each(uses)('of %s %s has no secret under a name that a build tool lets into the page', (...names) => {
    const choice = choiceOf(...names)
    // Whatever the preset says, somebody may register a secret for it.
    const given = { resources, token_endpoint_auth_method: null, dpop_bound_access_tokens: null }
    const { environment } = setupOf(choice, metadataOf(choice, given), 'authly_cs_secret')
    const secrets = environment.filter(
      ({ value, random_bytes }) => value === 'authly_cs_secret' || random_bytes !== undefined,
    )
    expect(secrets.map(({ name }) => name)).toContain('AUTHLY_CLIENT_SECRET')
    for (const { name } of secrets) expect(name).toMatch(/^AUTHLY_(CLIENT|SESSION)_SECRET$/)
  })

  test('is what the SDK reads', () => {
    const names = (preset: string, framework: string, secret?: string) => {
      const choice = choiceOf(preset, framework)
      return setupOf(choice, metadataOf(choice, { resources }), secret).environment.map(({ name }) => name)
    }
    expect(names('spa', 'react')).toEqual([
      'VITE_AUTHLY_ISSUER',
      'VITE_AUTHLY_CLIENT_ID',
      'VITE_AUTHLY_AUDIENCE',
    ])
    expect(names('web', 'nextjs', 's')).toEqual([
      ...['AUTHLY_ISSUER', 'AUTHLY_CLIENT_ID', 'AUTHLY_CLIENT_SECRET', 'AUTHLY_SESSION_SECRET'],
      ...['AUTHLY_BASE_URL', 'AUTHLY_AUDIENCE'],
    ])
  })

  test('leaves the application’s own secret to the application', () => {
    const { environment } = setupOf(choiceOf('web'), metadataOf(choiceOf('web')), 's')
    expect(environment).toContainEqual({ name: 'AUTHLY_SESSION_SECRET', value: null, random_bytes: 32 })
  })
})
