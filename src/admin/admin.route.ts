/** Mounts the admin operations and registers them for the OpenAPI document. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../dependencies.ts'
import { describeOperation } from './describe-operation.ts'
import { operations } from './operations.ts'
import { serveOperation } from './serve-operation.ts'

export const adminRoutes = new OpenAPIHono<AppEnv>()

for (const operation of operations) {
  adminRoutes.openAPIRegistry.registerPath(describeOperation(operation))
  adminRoutes.on(operation.method.toUpperCase(), operation.path.replaceAll(/\{(.+?)\}/g, ':$1'), (c) =>
    serveOperation(operation, c),
  )
}
