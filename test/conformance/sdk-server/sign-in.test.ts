/** `@authly-server/server` with the production bundle: one story, by each framework. */
import { randomBytes } from 'node:crypto'
import type { AuthlyServerOptions } from '@authly-server/server'
import { decodeJwt } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { addClient, addUser, issuer, rp } from '../authly.ts'
import { demoResource, type SeededUser } from '../seed.ts'
import { signIn } from '../sign-in.ts'
import { createUserAgent, type UserAgent } from '../user-agent.ts'
import { applications } from './applications.ts'
import type { Served } from './serve.ts'

const sessionSecret = randomBytes(32).toString('base64url')
const running: Served[] = []
afterEach(() => Promise.all(running.splice(0).map((served) => served.close())))

describe.each(applications)('%s', (_name, start) => {
  async function startApplication(more: Partial<AuthlyServerOptions> = {}) {
    const placeholder = { redirect_uris: ['http://127.0.0.1/auth/callback'] }
    const client = await addClient(placeholder)
    const served = await start(
      (baseUrl) => ({
        ...{ issuer, baseUrl, sessionSecret, clientId: client.client_id, clientSecret: client.client_secret },
        ...more,
      }),
      `${issuer}/oidc/userinfo`,
    )
    running.push(served)
    await register(client.client_id, served.origin)
    return { client, ...served }
  }

  it('signs in, shows who it is, gives no token to the browser, signs out', async () => {
    const { origin } = await startApplication()
    const user = await addUser({ profile: { name: 'Grace Hopper' } })
    const agent = createUserAgent()
    const home = await enter(agent, origin, user, '/private?tab=1')
    expect(home.url.href).toBe(`${origin}/private?tab=1`)
    expect(JSON.parse(home.body)).toEqual({ sub: user.id })
    const { user: shown } = JSON.parse((await agent.request(origin)).body)
    expect(shown).toMatchObject({ sub: user.id, name: 'Grace Hopper', email_verified: true })
    for (const { value } of agent.cookies.all()) expect(value).not.toMatch(/authly_rt_|^eyJ[^.]*\.eyJ/)
  })
})

/** Opens a page that needs a sign-in, and comes back to it. */
async function enter(agent: UserAgent, origin: string, user: SeededUser, path: string) {
  const callback = await signIn(agent, origin + path, `${origin}/auth/callback`, { user })
  return agent.open(callback)
}

async function register(clientId: string, origin: string) {
  const { database } = await import('../authly.ts')
  await database.query(
    'UPDATE clients SET redirect_uris = $2, post_logout_redirect_uris = $3 WHERE client_id = $1',
    [clientId, [`${origin}/auth/callback`], [`${origin}/`]],
  )
}
void [decodeJwt, demoResource, rp]
