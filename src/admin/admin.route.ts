/** The admin API: its operations on their paths, and the answer for unknown paths and methods. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../dependencies.ts'
import { describeError } from '../kit/describe-error.ts'
import { otherMethods } from '../kit/other-methods.ts'
import { type Problem, renderProblem } from '../kit/problem.ts'
import { findTemplate } from '../kit/route-template.ts'
import { isUnavailable } from '../kit/unavailable.ts'
import { describeOperation } from './describe-operation.ts'
import { operations } from './operations.ts'
import { notFound, serverError, unavailable } from './problems.ts'
import { serveOperation } from './serve-operation.ts'

export const adminRoutes = new OpenAPIHono<AppEnv>()

/** The routes with their descriptions, to generate the OpenAPI document; serving requests does not need them. */
export function describedAdminRoutes(): OpenAPIHono<AppEnv> {
  const { openAPIRegistry } = adminRoutes
  if (openAPIRegistry.definitions.length === 0) {
    for (const operation of operations) openAPIRegistry.registerPath(describeOperation(operation))
  }
  return adminRoutes
}

/** Literal paths first: `DELETE /admin/users/count` must not delete a person called `count`. */
const routes = operations
  .map((operation) => ({ operation, path: operation.path.replaceAll(/\{(.+?)\}/g, ':$1') }))
  .sort((left, right) => left.path.split(':').length - right.path.split(':').length)

for (const [index, { operation, path }] of routes.entries()) {
  adminRoutes.on(operation.method.toUpperCase(), path, (c) => {
    c.env.route = operation.path
    return serveOperation(operation, c)
  })
  // Other methods on a literal path get 405, even where a pattern would match.
  const isLast = routes.slice(index + 1).every((later) => later.path !== path)
  if (isLast && !path.includes(':')) adminRoutes.all(path, (c) => c.notFound())
}

const methodNotAllowed: Problem = { code: 'method_not_allowed', status: 405, title: 'No such method here' }

adminRoutes.notFound((c) => {
  c.env.route ??= findTemplate(adminRoutes.routes, c.req.path)
  const allowed = otherMethods(adminRoutes.routes, c.req.method, c.req.path)
  const { request_id } = c.env.origin
  return allowed.length > 0
    ? renderProblem(methodNotAllowed, request_id, { allow: allowed.join(', ') })
    : renderProblem(notFound, request_id)
})

adminRoutes.onError((error, c) => {
  const { request_id } = c.env.origin
  const problem = isUnavailable(error) ? unavailable : serverError
  return renderProblem({ ...problem, reason: describeError(error) }, request_id)
})
