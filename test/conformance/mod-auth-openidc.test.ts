/** A relying party in another language: Debian's mod_auth_openidc (C, cjose) in a real Apache. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { type Apache, apacheProgram, authModule, startApache } from './apache.ts'
import { addClient, addUser, issuer } from './authly.ts'
import { isInstalled } from './installed-program.ts'
import type { SeededClient } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent } from './user-agent.ts'

describe.runIf(isInstalled('Apache with mod_auth_openidc', apacheProgram, authModule))(
  'mod_auth_openidc',
  () => {
    let apache: Apache
    let client: SeededClient
    beforeAll(async () => {
      const port = await findFreePort()
      client = await addClient({
        redirect_uris: [`http://127.0.0.1:${port}/protected/callback`],
        post_logout_redirect_uris: [`http://127.0.0.1:${port}/index.html`],
      })
      apache = await startApache(issuer, client, port)
    })
    afterAll(() => apache?.stop())

    it('lets a person in with the claims of the ID token and userinfo (OIDC Core §3.1, §5.3)', async () => {
      const user = await addUser({ profile: { name: 'Apache Person' } })
      const agent = createUserAgent()
      const start = await agent.request(`${apache.origin}/protected/`)
      expect(start.location?.origin).toBe(issuer)
      const callback = await signIn(agent, start.location as URL, client.redirect_uri, { user })
      const page = await agent.open(callback)
      expect(page.status, await apache.log()).toBe(200)
      expect(page.url.pathname).toBe('/protected/')
      expect(page.body).toBe('protected')
      expect(page.headers.get('x-subject')).toBe(user.id)
      expect(page.headers.get('x-name')).toBe('Apache Person')

      const info = await agent.request(`${client.redirect_uri}?info=json`)
      const session = JSON.parse(info.body) as { access_token: string; userinfo: object; id_token: object }
      expect(session.userinfo).toMatchObject({ sub: user.id, email: `${user.username}@example.test` })
      expect(session.id_token).toMatchObject({ iss: issuer, aud: client.client_id, azp: client.client_id })
      expect(decodeJwt(session.access_token)).toMatchObject({ client_id: client.client_id, sub: user.id })
    })

    it('signs the person out of both (RP-Initiated Logout §2)', async () => {
      const user = await addUser()
      const agent = createUserAgent()
      const start = await agent.request(`${apache.origin}/protected/`)
      await agent.open(await signIn(agent, start.location as URL, client.redirect_uri, { user }))
      const home = client.post_logout_redirect_uri
      const out = await agent.open(`${client.redirect_uri}?logout=${encodeURIComponent(home)}`)
      expect({ url: out.url.href, body: out.body }, await apache.log()).toEqual({ url: home, body: 'public' })
      const again = await agent.open(`${apache.origin}/protected/`)
      expect(again.url.pathname).toBe('/login')
    })

    it('refuses a response with a forged state, and nobody is signed in (RFC 6749 §10.12)', async () => {
      const user = await addUser()
      const agent = createUserAgent()
      const start = await agent.request(`${apache.origin}/protected/`)
      const callback = await signIn(agent, start.location as URL, client.redirect_uri, { user })
      callback.searchParams.set('state', 'forged')
      const page = await agent.open(callback)
      expect(page.status).not.toBe(200)
      expect((await agent.request(`${apache.origin}/protected/`)).location?.origin).toBe(issuer)
    })
  },
)
