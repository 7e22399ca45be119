/** A single-page application under development, beside a development server: as it will be in production. */
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, issuer, rp } from './authly.ts'
import { verifier } from './relying-party.ts'
import type { SeededClient } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent } from './user-agent.ts'
import { postForm } from './wire.ts'

const redirect_uri = 'http://localhost:5173/callback'
let register: (metadata: object) => Promise<Response>
beforeAll(async () => {
  const service = await addClient({ scopes: ['admin:clients:write'] })
  const answer = await rp.requestToken(service, { grant_type: 'client_credentials' })
  register = (metadata) =>
    fetch(`${issuer}/admin/clients`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${answer.json?.['access_token']}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ client_name: 'Shop', scope: 'openid profile', ...metadata }),
    })
})

describe('a web application without secret on http://localhost, where the issuer is on loopback too', () => {
  it('is registered as web, asks for consent once, and answers prompt=none (OIDC Core §3.1.2.1)', async () => {
    const registered = await register({
      application_type: 'web',
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirect_uri],
      post_logout_redirect_uris: ['http://localhost:5173/'],
    })
    expect(registered.status, await registered.clone().text()).toBe(201)
    const client = { ...((await registered.json()) as SeededClient), redirect_uri }
    const user = await addUser()
    const agent = createUserAgent()
    const seen: string[] = []
    const onPage = ({ url }: { url: URL }) => seen.push(url.pathname)
    const scope = { scope: 'openid profile' }
    await signIn(agent, rp.authorizeUrl(client, scope), redirect_uri, { user, onPage })
    await signIn(agent, rp.authorizeUrl(client, scope), redirect_uri, { user, onPage })
    expect(seen).toEqual(['/login', '/consent'])
    const code = await rp.getCode(agent, client, { ...scope, prompt: 'none' })
    const fields = { grant_type: 'authorization_code', client_id: client.client_id, code, redirect_uri }
    const answer = await postForm(rp.endpoints.token, { ...fields, code_verifier: verifier })
    expect(answer.json).toMatchObject({ id_token: expect.any(String) })
  })

  it('still has no other http address, and no port that is none', async () => {
    for (const uri of ['http://app.example/callback', 'http://localhost:0/', 'http://localhost:65536/']) {
      const refused = await register({ token_endpoint_auth_method: 'none', redirect_uris: [uri] })
      expect([uri, refused.status]).toEqual([uri, 400])
    }
  })
})
