/** Mounts the admin operations and registers them for the OpenAPI document. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../dependencies.ts'
import { describeOperation } from './describe-operation.ts'
import { operations } from './operations.ts'
import { serveOperation } from './serve-operation.ts'

export const adminRoutes = new OpenAPIHono<AppEnv>()

for (const operation of operations) adminRoutes.openAPIRegistry.registerPath(describeOperation(operation))

/** Literal paths first: `DELETE /admin/users/count` must not delete a person called `count`. */
const routes = operations
  .map((operation) => ({ operation, path: operation.path.replaceAll(/\{(.+?)\}/g, ':$1') }))
  .sort((left, right) => left.path.split(':').length - right.path.split(':').length)

for (const [index, { operation, path }] of routes.entries()) {
  adminRoutes.on(operation.method.toUpperCase(), path, (c) => serveOperation(operation, c))
  // What nobody answers at a literal path is 405, whatever a pattern would make of it.
  const isLast = routes.slice(index + 1).every((later) => later.path !== path)
  if (isLast && !path.includes(':')) adminRoutes.all(path, (c) => c.notFound())
}
