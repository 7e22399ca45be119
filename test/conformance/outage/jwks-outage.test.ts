/** A client's server is away, and every isolate that knew its keys is gone: the region's replica still has a copy. */
import { generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { publicJwks, serveJwks } from '../client-keys.ts'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'

let authly: OwnAuthly
beforeAll(async () => {
  authly = await startOwnAuthly()
})
afterAll(() => authly?.stop())

it('a client authenticates with a key that a former isolate fetched, and no other', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true }
  const issuer = new URL(authly.issuer)
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwks = await publicJwks(publicKey, 'ES256', 'one')
  const server = await serveJwks(() => jwks)
  const method = 'private_key_jwt' as const
  const known = await authly.seed.addClient({ token_endpoint_auth_method: method, jwks_uri: server.url })
  const unknown = await authly.seed.addClient({
    ...{ token_endpoint_auth_method: method, jwks_uri: `${server.url}?another` },
  })
  const ask = ({ client_id }: { client_id: string }, key = privateKey) =>
    oauth.clientCredentialsGrantRequest(
      ...([as, { client_id }, oauth.PrivateKeyJwt({ key, kid: 'one' })] as const),
      ...([{ scope: 'demo:read' }, insecure] as const),
    )
  expect((await ask(known)).status).toBe(200)

  await server.close()
  await authly.stack.restartWorker('SIGTERM')
  expect((await ask(known)).status).toBe(200)
  const stranger = await generateKeyPair('ES256')
  expect((await ask(known, stranger.privateKey)).status).toBe(400)
  expect((await ask(unknown)).status).toBe(400)
})
