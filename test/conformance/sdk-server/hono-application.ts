/** An application as a stranger would write it with Hono. */
import { authly, type HonoOptions, requireSignIn } from '@authly-server/server/hono'
import { Hono } from 'hono'

export function honoApplication(options?: HonoOptions): Hono {
  const app = new Hono()
  app.use(authly(options))
  app.get('/', (c) => c.json(c.var.auth.user ?? null))
  app.get('/private', requireSignIn(), (c) => c.json({ sub: c.var.auth.user.sub }))
  app.get('/strong', requireSignIn({ acrValues: ['urn:authly:acr:mfa'] }), (c) => c.text('strong'))
  app.get('/token', async (c) => c.json({ token: await c.var.auth.accessToken() }))
  app.get('/call', async (c) => {
    const answer = await c.var.auth.fetch(c.req.query('url') ?? '')
    return c.text(await answer.text())
  })
  return app
}
