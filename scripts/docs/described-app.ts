/**
 * The whole app with the descriptions of its routes, to generate the OpenAPI document and to check the app against it.
 */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { describedAdminRoutes } from '../../src/admin/admin.route.ts'
import type { AppEnv } from '../../src/dependencies.ts'
import type { RouteDescription } from '../../src/kit/describe-route.ts'
import { lazyRoutes } from '../../src/lazy-app.ts'
import { tokenRoutes } from '../../src/token-routes.ts'

/** Operations are in the order in which they are mounted. */
export function describedApp(): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>()
  for (const routes of [...tokenRoutes, ...lazyRoutes]) {
    for (const description of routes.descriptions) app.openAPIRegistry.registerPath(toOpenApi(description))
    app.route('/', routes)
  }
  return app.route('/', describedAdminRoutes())
}

const toOpenApi = ({ id, method, path, summary, spec, tag, responses }: RouteDescription) =>
  createRoute({
    operationId: id,
    method,
    path,
    summary,
    ...(spec ? { description: spec } : {}),
    tags: [tag],
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, description]) => [status, { description }]),
    ),
  })
