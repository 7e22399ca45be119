/** `AUTHLY_CLIENT_PROFILE`: what a deployment's profile does to clients that have none of their own. */
import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { Profile } from '../../../src/clients/profile.ts'
import { fetchFrom, present, registerClient } from '../../contracts/worker-client.ts'

const api = 'https://api.profiles.example'

const send = (profile: Profile, path: string, init: RequestInit = {}): Promise<Response> =>
  fetchFrom(`https://auth.test${path}`, init, { ...env, AUTHLY_CLIENT_PROFILE: profile } as unknown as Env)

type Client = Awaited<ReturnType<typeof registerClient>>

async function ask(profile: Profile, client: Client, more: Record<string, string> = {}) {
  const { fields, headers } = present('client_secret_basic', client)
  const body = new URLSearchParams({ ...fields, grant_type: 'client_credentials', ...more })
  const response = await send(profile, '/oauth/token', { method: 'POST', body, headers })
  return [response.status, ((await response.json()) as { error?: string }).error]
}

const service = (columns: object = {}) =>
  registerClient('client_secret_basic', { grant_types: ['client_credentials'], resources: [api], ...columns })

const authorizeErrorOf = async (profile: Profile, client: Client) => {
  const query = new URLSearchParams({
    ...{ client_id: client.client_id, redirect_uri: 'https://app.example/callback' },
    ...{ response_type: 'code', scope: 'openid', nonce: 'n' },
  })
  const location = (await send(profile, `/oauth/authorize?${query}`)).headers.get('location') ?? ''
  return new URL(location, 'https://auth.test').searchParams.get('error')
}

describe('the profile of the deployment', () => {
  it('demands a resource of everybody under mcp, but not of a client that has another profile', async () => {
    const [plain, own] = [await service(), await service({ profile: 'oidc' })]
    expect(await ask('oidc', plain)).toEqual([200, undefined])
    expect(await ask('mcp', plain)).toEqual([400, 'invalid_target'])
    expect(await ask('mcp', plain, { resource: api })).toEqual([200, undefined])
    expect(await ask('mcp', own)).toEqual([200, undefined])
    expect(await ask('oidc', await service({ profile: 'mcp' }))).toEqual([400, 'invalid_target'])
  })

  it('does not take secrets under FAPI, and takes them again when it is laid down', async () => {
    const client = await service()
    expect(await ask('fapi2-security', client)).toEqual([401, 'invalid_client'])
    expect(await ask('fapi2-security', await service({ profile: 'oauth2.1' }))).toEqual([200, undefined])
    expect(await ask('oidc', client)).toEqual([200, undefined])
  })

  it('exempts nobody from PKCE under oauth2.1, whatever was registered', async () => {
    const code = {
      ...{ grant_types: ['authorization_code'], response_types: ['code'], scopes: ['openid'] },
      require_pkce: false,
    }
    const client = await registerClient('client_secret_basic', code)
    expect(await authorizeErrorOf('oidc', client)).toBeNull()
    expect(await authorizeErrorOf('oauth2.1', client)).toBe('invalid_request')
    expect(await authorizeErrorOf('fapi2-security', client)).toBe('unauthorized_client')
    const own = await registerClient('client_secret_basic', { ...code, profile: 'oidc' })
    expect(await authorizeErrorOf('oauth2.1', own)).toBeNull()
  })

  it('is what the discovery document tells', async () => {
    const metadata = async (profile: Profile) =>
      (await (await send(profile, '/.well-known/oauth-authorization-server')).json()) as Record<
        string,
        unknown
      >
    expect(await metadata('fapi2-security')).toMatchObject({ require_pushed_authorization_requests: true })
    expect(await metadata('oidc')).toMatchObject({ require_pushed_authorization_requests: false })
  })

  it('that does not exist lets no worker start', async () => {
    const response = await send('fapi1' as Profile, '/.well-known/oauth-authorization-server')
    expect(response.status).toBe(500)
  })
})
