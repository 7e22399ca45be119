import { describe, expect, it } from 'vitest'
import type { Client } from '../../src/clients/client.ts'
import { createSignJwt } from '../../src/keys/sign-jwt.ts'
import { createVerifyJwt } from '../../src/keys/verify-jwt.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { introspect } from '../../src/oauth/introspect.ts'
import { issueAccessToken } from '../../src/tokens/access-token.ts'
import { serviceTokenId } from '../../src/tokens/token-id.ts'
import { aClient } from '../fakes/client.ts'
import { createFakeSessionsOf } from '../fakes/fake-user-sessions.ts'
import { createFakeKeyring } from '../fakes/keyring.ts'

const now = 1_800_000_000_000
const api = 'https://api.example'
const config = { issuer: 'https://auth.example', accessTokenTtlSeconds: 600 }
const root = createRootSecret(Buffer.alloc(32, 1).toString('base64url'))
const keyring = await createFakeKeyring()
const verifyJwt = createVerifyJwt({ keyring, issuer: config.issuer, now: () => now })
const authorization_details = [{ type: 'folder', name: 'Bills' }]
const service = aClient({ client_id: 'service' })
const resourceServer = aClient({ client_id: 'api', serves_resources: [api] })

/** What `caller` learns about a service's token for the API, while these clients are enabled. */
async function ask(caller: Client, enabled: readonly Client[]) {
  const token = await issueAccessToken(
    { config, root, signJwt: createSignJwt({ keyring }) },
    {
      ...{ client: service, sub: 'service', jti: serviceTokenId() },
      ...{ scopes: ['read'], audience: [api], iat: now / 1000, authorization_details },
    },
  )
  const { sessionsOf } = createFakeSessionsOf()
  const findClient = async (clientId: string) => enabled.find(({ client_id }) => client_id === clientId)
  return introspect({ config, root, now: () => now, verifyJwt, sessionsOf, findClient }, caller, token)
}

describe('introspection of an access token (RFC 7662)', () => {
  it('tells the API it is meant for, and the client it belongs to', async () => {
    const expected = { active: true, client_id: 'service', aud: api, scope: 'read', token_type: 'Bearer' }
    expect(await ask(resourceServer, [service, resourceServer])).toMatchObject({
      ...expected,
      authorization_details,
    })
    expect(await ask(service, [service, resourceServer])).toMatchObject(expected)
  })

  it('tells nobody else anything (§2.2)', async () => {
    expect(await ask(aClient({ client_id: 'other' }), [service])).toEqual({ active: false })
  })

  it('says inactive once the client was switched off', async () => {
    expect(await ask(resourceServer, [resourceServer])).toEqual({ active: false })
  })
})
