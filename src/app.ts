/** Mounts the routers. What no handler answers ends in one of two renderers: OAuth JSON or a page. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { accountRoutes } from './account/account.route.tsx'
import { ConfigurationError } from './config.ts'
import type { AppEnv } from './dependencies.ts'
import { describeError } from './kit/describe-error.ts'
import { otherMethods } from './kit/other-methods.ts'
import { type Problem, renderProblem } from './kit/problem.ts'
import { isUnavailable } from './kit/unavailable.ts'
import { renderErrorPage, renderNotFoundPage, tryAgain } from './login/error-page.tsx'
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

/** Loaded when first asked for: an isolate that issues tokens does not wait for the schemas of administration. */
app.all('/admin/*', async (c) => {
  const { adminRoutes } = await import('./admin/admin.route.ts')
  return adminRoutes.fetch(c.req.raw, c.env, c.executionCtx)
})

/** Endpoints that programs call; browser applications call them from other origins. */
const machinePaths = /^\/(oauth\/(token|introspect|revoke)|oidc\/userinfo|\.well-known\/.*)$/

/** Paths that people have no business at. */
const programPaths = /^\/(oauth|oidc|admin|\.well-known)\//

/** Browsers say that they want a page; who does not say it gets one where people go. */
function wantsPage(c: Context<AppEnv>): boolean {
  const accept = c.req.header('accept') ?? ''
  return /\btext\/html\b/i.test(accept) || (!programPaths.test(c.req.path) && !/\bjson\b/i.test(accept))
}

const notFound: Problem = { code: 'not_found', status: 404, title: 'There is nothing at this address' }
const methodNotAllowed: Problem = {
  code: 'method_not_allowed',
  status: 405,
  title: 'No such method at this address',
}

app.notFound((c) => {
  // Preflight (Fetch §4.8): these endpoints take no cookies, so any origin may call them.
  if (c.req.method === 'OPTIONS' && machinePaths.test(c.req.path)) return preflight()
  const allowed = otherMethods(app.routes, c.req.method, c.req.path)
  if (!wantsPage(c) && machinePaths.test(c.req.path)) {
    return allowed.length > 0
      ? oauthJson({ error: 'invalid_request', error_description: 'no such method here' }, 405, {
          allow: allowed.join(', '),
        })
      : oauthJson({ error: 'invalid_request', error_description: 'no such endpoint' }, 404)
  }
  const headers = { allow: allowed.join(', ') }
  if (!wantsPage(c)) {
    return renderProblem(
      allowed.length === 0 ? notFound : { ...methodNotAllowed, headers },
      c.env.origin.request_id,
    )
  }
  if (allowed.length === 0) return renderNotFoundPage(c)
  return renderErrorPage(c, { status: 405, message: (messages) => messages.wrongMethod, headers })
})

/** Anything unexpected: the log gets the cause, the caller a request id. */
app.onError((error, c) => {
  const isAway = isUnavailable(error)
  console.error(JSON.stringify({ request_id: requestId(c), path: c.req.path, error: describeError(error) }))
  if (error instanceof ConfigurationError) {
    return oauthJson({ error: 'server_error', error_description: notConfigured }, 500)
  }
  if (machinePaths.test(c.req.path)) {
    return isAway
      ? renderOAuthRefusal(temporarilyUnavailable('a backend is away'))
      : oauthJson({ error: 'server_error', error_description: `request ${requestId(c)}` }, 500)
  }
  return renderErrorPage(c, {
    status: isAway ? 503 : 500,
    code: isAway ? 'temporarily_unavailable' : 'server_error',
    message: (messages) => (isAway ? messages.serverAway : messages.serverFault),
    waysOn: tryAgain(c),
  })
})

/** Which variables are wrong stands in the log alone. */
const notConfigured =
  'the server is not configured: its log names what is missing; for local development, npm run db writes it'

const requestId = (c: Context<AppEnv>): string => c.env.origin.request_id

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
