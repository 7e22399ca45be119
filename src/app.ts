/** Mounts the routers. An isolate that issues tokens evaluates only their code; the rest is loaded when asked for. */
import { Hono } from 'hono'
import type { AppEnv } from './dependencies.ts'
import { tokenRoutes } from './token-routes.ts'

export const app = new Hono<AppEnv>()

for (const routes of tokenRoutes) app.route('/', routes)

app.all('/admin/*', async (c) => {
  const { adminRoutes } = await import('./admin/admin.route.ts')
  return adminRoutes.fetch(c.req.raw, c.env, c.executionCtx)
})

app.notFound(async (c) => {
  const { lazyApp } = await import('./lazy-app.ts')
  return lazyApp.fetch(c.req.raw, c.env, c.executionCtx)
})

app.onError(async (error, c) => {
  const { renderFailure } = await import('./lazy-app.ts')
  return renderFailure(error, c)
})
