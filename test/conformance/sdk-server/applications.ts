/** One small application, written with the SDK for each framework as a stranger would write it. */
import type { AuthlyServerOptions } from '@authly-server/server'
import * as forExpress from '@authly-server/server/express'
import * as forHono from '@authly-server/server/hono'
import express from 'express'
import { Hono } from 'hono'
import { type Served, serveFetch, serveNode } from './serve.ts'

/** @param api an API that answers who asks it */
export type Application = (options: (origin: string) => AuthlyServerOptions, api: string) => Promise<Served>

const hono: Application = (options, api) =>
  serveFetch((origin) => {
    const app = new Hono()
    app.use(forHono.authly(options(origin)))
    app.get('/', (c) => c.json({ user: c.var.auth.user ?? null }))
    app.get('/private', forHono.requireSignIn(), (c) => c.json({ sub: c.var.auth.user.sub }))
    app.get('/strong', forHono.requireSignIn({ acrValues: ['urn:authly:mfa'] }), (c) => c.text('strong'))
    app.get('/api', async (c) => c.body(await (await c.var.auth.fetch(api)).text()))
    app.get('/token', async (c) => c.json({ token: await c.var.auth.accessToken() }))
    return (request) => app.fetch(request)
  })

const expressApp: Application = (options, api) =>
  serveNode((origin) => {
    const app = express()
    app.use(forExpress.authly(options(origin)))
    app.get('/', (req, res) => void res.json({ user: req.auth.user ?? null }))
    app.get('/private', forExpress.requireSignIn(), (req, res) => void res.json({ sub: req.auth.user?.sub }))
    app.get(
      '/strong',
      forExpress.requireSignIn({ acrValues: ['urn:authly:mfa'] }),
      (_req, res) => void res.send('strong'),
    )
    app.get('/api', async (req, res) => void res.send(await (await req.auth.fetch(api)).text()))
    app.get('/token', async (req, res) => void res.json({ token: await req.auth.accessToken() }))
    return app
  })

export const applications: readonly (readonly [string, Application])[] = [
  ['Hono', hono],
  ['Express', expressApp],
]
