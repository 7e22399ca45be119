/** An API on Workers as the README of `@authly-server/api` shows it: issuer and audience are bindings. */
import { protect, resourceMetadata } from '@authly-server/api/hono'
import { Hono } from 'hono'

export default new Hono()
  .use(resourceMetadata())
  .get('/orders', protect({ scopes: ['orders:read'] }), (c) => c.json({ sub: c.var.token.sub }))
