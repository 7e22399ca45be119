/** Every grant type and every client authentication method, present and future, keeps the endpoint's promises. */
import { beforeAll, describe, expect, it } from 'vitest'
import { clientAuthenticators } from '../../src/oauth/client-auth/index.ts'
import { grantTypes } from '../../src/oauth/grants/index.ts'
import { usesCertificate } from '../../src/protocol/client-auth-methods.ts'
import { postForm, present, type RegisteredClient, registerClient } from './worker-client.ts'

const allTypes = grantTypes.map(({ type }) => type)

let without: RegisteredClient
let withAll: RegisteredClient
let openClient: RegisteredClient
beforeAll(async () => {
  without = await registerClient('client_secret_basic')
  withAll = await registerClient('client_secret_basic', { grant_types: allTypes, response_types: ['code'] })
  openClient = await registerClient('none', { grant_types: allTypes })
})

const ask = async (client: RegisteredClient, method: 'client_secret_basic' | 'none', grant_type: string) => {
  const { fields, headers } = present(method, client)
  const response = await postForm('/oauth/token', { ...fields, grant_type }, headers)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe.each(grantTypes)('grant type $type', ({ type, clients }) => {
  it('is refused to a client that is not registered for it (RFC 6749 §5.2)', async () => {
    const { status, body } = await ask(without, 'client_secret_basic', type)
    expect([status, body['error']]).toEqual([400, 'unauthorized_client'])
  })

  it('without its parameters is invalid_request, or needs none; never another error', async () => {
    const { status, body } = await ask(withAll, 'client_secret_basic', type)
    if (status === 200) expect(body).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) })
    else expect([status, body['error']]).toEqual([400, 'invalid_request'])
  })

  it(`is for ${clients} clients (RFC 6749 §2.1)`, async () => {
    const { status, body } = await ask(openClient, 'none', type)
    const refused = [status, body['error']].join() === '400,unauthorized_client'
    expect(refused).toBe(clients === 'confidential')
  })
})

const methods = clientAuthenticators.map(({ method }) => method)
const pairs = methods
  .flatMap((registered) => methods.map((presented) => ({ registered, presented })))
  // A public client may present a certificate: its request is the same (RFC 8705 §4).
  .filter(({ registered, presented }) => !(registered === 'none' && usesCertificate(presented)))

describe('client authentication', () => {
  it.each(pairs.filter(({ registered, presented }) => registered !== presented))(
    'of a $registered client by $presented is refused, with the right secret too (RFC 7591 §2)',
    async ({ registered, presented }) => {
      const client = await registerClient(registered, {
        grant_types: allTypes,
        token_endpoint_auth_method_named: true,
      })
      const { fields, headers } = present(presented, client)
      for (const path of ['/oauth/token', '/oauth/introspect', '/oauth/revoke']) {
        const response = await postForm(
          path,
          { ...fields, grant_type: 'client_credentials', token: 'x' },
          headers,
        )
        const body = (await response.json()) as Record<string, unknown>
        const usesHeader = presented === 'client_secret_basic'
        const status = usesHeader ? 401 : 400
        expect([path, response.status, body['error']]).toEqual([path, status, 'invalid_client'])
        expect(response.headers.has('www-authenticate')).toBe(usesHeader)
      }
    },
  )
})
