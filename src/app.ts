/** Mounts the routers. What no handler answers ends in one of two renderers: OAuth JSON or a page. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { accountRoutes } from './account/account.route.tsx'
import { adminRoutes } from './admin/admin.route.ts'
import { notFound, serverError, unavailable } from './admin/problems.ts'
import { ConfigurationError } from './config.ts'
import type { AppEnv } from './dependencies.ts'
import { type Problem, renderProblem } from './kit/problem.ts'
import { isUnavailable } from './kit/unavailable.ts'
import { renderErrorPage, renderNotFoundPage } from './login/error-page.tsx'
import { loginRoutes } from './login/login.route.tsx'
import { authorizeRoutes } from './oauth/authorize/authorize.route.ts'
import { oauthRoutes } from './oauth/oauth.route.ts'
import { oauthJson, renderOAuthRefusal, temporarilyUnavailable } from './oauth/refusal.ts'
import { discoveryRoutes } from './oidc/discovery.route.ts'
import { jwksRoutes } from './oidc/jwks.route.ts'
import { logoutRoutes } from './oidc/logout.route.tsx'
import { userInfoRoutes } from './oidc/userinfo.route.ts'

export const app = new OpenAPIHono<AppEnv>()

app.route('/', discoveryRoutes)

app.route('/', jwksRoutes)
app.route('/', oauthRoutes)
app.route('/', authorizeRoutes)
app.route('/', userInfoRoutes)
app.route('/', logoutRoutes)
app.route('/', loginRoutes)
app.route('/', accountRoutes)
app.route('/', adminRoutes)

/** Endpoints that programs call; browser applications call them from other origins. */
const machinePaths = /^\/(oauth\/(token|introspect|revoke)|oidc\/userinfo|\.well-known\/.*)$/

/** The JSON API of administration: RFC 9457 problems. */
const adminPaths = /^\/admin(\/|$)/
const methodNotAllowed: Problem = { code: 'method_not_allowed', status: 405, title: 'No such method here' }
const problem = (c: Context<AppEnv>, value: Problem, headers?: Record<string, string>): Response =>
  renderProblem(value, requestId(c), headers)

app.notFound((c) => {
  // Preflight (Fetch §4.8): these endpoints take no cookies, so any origin may call them.
  if (c.req.method === 'OPTIONS' && machinePaths.test(c.req.path)) return preflight()
  const allowed = otherMethods(c.req.method, c.req.path)
  if (machinePaths.test(c.req.path)) {
    return allowed.length > 0
      ? oauthJson({ error: 'invalid_request', error_description: 'no such method here' }, 405, {
          allow: allowed.join(', '),
        })
      : oauthJson({ error: 'invalid_request', error_description: 'no such endpoint' }, 404)
  }
  if (adminPaths.test(c.req.path)) {
    return allowed.length > 0
      ? problem(c, methodNotAllowed, { allow: allowed.join(', ') })
      : problem(c, notFound)
  }
  if (allowed.length === 0) return renderNotFoundPage(c)
  return renderErrorPage(c, {
    status: 405,
    code: 'method_not_allowed',
    message: 'This page is not reached in this way.',
    headers: { allow: allowed.join(', ') },
  })
})

/**
 * What a path answers instead, for `Allow` (RFC 9110 §15.5.6). Empty when there is no such path, or when its own
 * handler said that there is nothing here. A literal pattern wins.
 */
function otherMethods(method: string, path: string): readonly string[] {
  const fitting = app.routes.filter((route) => route.method !== 'ALL' && matchesPath(route.path, path))
  const parameters = (pattern: string) => pattern.split('/:').length
  const fewest = Math.min(...fitting.map((route) => parameters(route.path)))
  const best = fitting.filter((route) => parameters(route.path) === fewest)
  const methods = new Set(best.map((route) => route.method))
  return methods.has(method === 'HEAD' ? 'GET' : method) ? [] : [...methods]
}

/** Whether `path` is one that the route pattern `/a/:b` stands for. */
function matchesPath(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const parts = path.split('/')
  return (
    wanted.length === parts.length &&
    wanted.every((part, index) => part === parts[index] || (part.startsWith(':') && parts[index] !== ''))
  )
}

/** Anything unexpected: the log gets the cause, the caller a request id. */
app.onError((error, c) => {
  const isAway = isUnavailable(error)
  console.error(JSON.stringify({ request_id: requestId(c), path: c.req.path, error: describe(error) }))
  if (error instanceof ConfigurationError) {
    return oauthJson({ error: 'server_error', error_description: 'the server is not configured' }, 500)
  }
  if (adminPaths.test(c.req.path)) return problem(c, isAway ? unavailable : serverError)
  if (machinePaths.test(c.req.path)) {
    return isAway
      ? renderOAuthRefusal(temporarilyUnavailable('a backend is away'))
      : oauthJson({ error: 'server_error', error_description: `request ${requestId(c)}` }, 500)
  }
  return renderErrorPage(c, {
    status: isAway ? 503 : 500,
    code: isAway ? 'temporarily_unavailable' : 'server_error',
    message: isAway ? 'Please try again shortly.' : 'Something went wrong on our side.',
  })
})

const requestId = (c: Context<AppEnv>): string => c.env.origin.request_id

function describe(error: Error): string {
  const cause = error.cause instanceof Error ? ` <- ${error.cause.message}` : ''
  // A query's parameters may be personal; the first line names the failure.
  return `${error.name}: ${error.message.split('\n')[0]}${cause}`.slice(0, 500)
}

const preflight = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-max-age': '86400',
    },
  })
