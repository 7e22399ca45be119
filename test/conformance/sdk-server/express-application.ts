/** An application as a stranger would write it with Express. */
import type { AuthlyServerOptions } from '@authly-server/server'
import { authly, requireSignIn } from '@authly-server/server/express'
import express, { type Express } from 'express'

export function expressApplication(options?: AuthlyServerOptions): Express {
  const app = express()
  // Before the middleware, where many applications have it: it reads the body of a logout token.
  app.use(express.urlencoded({ extended: false }))
  app.use(authly(options))
  app.get('/', (req, res) => void res.json(req.auth.user ?? null))
  app.get('/private', requireSignIn(), (req, res) => void res.json({ sub: req.auth.user?.sub }))
  app.get(
    '/strong',
    requireSignIn({ acrValues: ['urn:authly:acr:mfa'] }),
    (_req, res) => void res.send('strong'),
  )
  app.get('/token', async (req, res) => void res.json({ token: await req.auth.accessToken() }))
  app.get('/call', async (req, res) => {
    const answer = await req.auth.fetch(String(req.query['url']))
    res.send(await answer.text())
  })
  return app
}
