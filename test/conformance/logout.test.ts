/** Two applications hear of one sign-out, as they would: an HTTP server, and `jose` with the keys of the issuer. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { expect, test, vi } from 'vitest'
import { addClient, addUser, issuer, rp } from './authly.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent } from './user-agent.ts'

test('a sign-out at one application is told to both by back-channel, and their tokens verify', async () => {
  const heard: { readonly path: string; readonly token: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    heard.push({ path: request.url ?? '', token: new URLSearchParams(body).get('logout_token') ?? '' })
    response.end()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const home = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const [user, agent] = [await addUser(), createUserAgent()]
  const parties = []
  for (const path of ['/one', '/two']) {
    const client = await addClient({ backchannel_logout_uri: home + path })
    const url = rp.authorizeUrl(client, { scope: 'openid' })
    const callback = await signIn(agent, url, client.redirect_uri, { user })
    const answer = await rp.redeem(client, callback.searchParams.get('code') as string)
    const { id_token } = answer.json as { id_token: string }
    parties.push({ path, client, id_token })
  }
  await agent.open(`${issuer}/oidc/logout?id_token_hint=${parties[0]?.id_token}`, () => false)
  await vi.waitFor(() => expect(heard).toHaveLength(2), { timeout: 30_000, interval: 100 })
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`))
  for (const { path, client, id_token } of parties) {
    const { token } = heard.find((each) => each.path === path) as { token: string }
    const { payload } = await jwtVerify(token, keys, {
      ...{ issuer, audience: client.client_id, typ: 'logout+jwt', requiredClaims: ['jti', 'exp', 'iat'] },
    })
    const { sub, sid } = decodeJwt(id_token)
    expect(payload).toMatchObject({ sub, sid })
  }
  server.close()
})
