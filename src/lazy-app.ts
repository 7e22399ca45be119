/**
 * Everything but the token endpoints and administration: the hosted pages, and what no handler answers, which ends in
 * one of two renderers: OAuth JSON or a page.
 */
import { type Context, Hono } from 'hono'
import { accountRoutes } from './account/account.route.tsx'
import { applicationRoutes } from './account/applications.route.ts'
import { dataExportRoutes } from './account/data-export.route.ts'
import { deletionRoutes } from './account/deletion.route.tsx'
import { emailRoutes } from './account/email.route.tsx'
import { historyRoutes } from './account/history.route.tsx'
import { otpRoutes } from './account/otp.route.tsx'
import { passkeyRoutes } from './account/passkeys.route.tsx'
import { profileRoutes } from './account/profile.route.tsx'
import { recoveryCodeRoutes } from './account/recovery-codes.route.tsx'
import { rememberedDeviceRoutes } from './account/remembered-devices.route.ts'
import { registrationRoutes } from './client-registration/registration.route.ts'
import { ConfigurationError } from './config.ts'
import { resendWebhookRoutes } from './delivery/resend-webhook.route.ts'
import type { AppEnv } from './dependencies.ts'
import { healthRoutes } from './health/health.route.ts'
import { preflight } from './kit/cross-origin.ts'
import { describeError } from './kit/describe-error.ts'
import type { DescribedRoutes } from './kit/describe-route.ts'
import { explain } from './kit/explain.ts'
import { otherMethods } from './kit/other-methods.ts'
import { type Problem, renderProblem } from './kit/problem.ts'
import { findTemplate } from './kit/route-template.ts'
import { isUnavailable } from './kit/unavailable.ts'
import { loginRoutes } from './login/login.route.tsx'
import { metricsRoutes } from './metrics/metrics.route.ts'
import { checkSessionRoutes } from './oidc/check-session.route.tsx'
import { protectedResourceRoutes } from './oidc/protected-resource.route.ts'
import { logoutRoutes } from './oidc/rp-logout.route.tsx'
import { userInfoRoutes } from './oidc/userinfo.route.ts'
import { renderErrorPage, renderNotFoundPage, tryAgain } from './pages/error-page.tsx'
import { relatedOriginRoutes } from './passkeys/related-origins.route.ts'
import { oauthJson, renderOAuthRefusal } from './protocol/oauth-response.ts'
import { temporarilyUnavailable } from './protocol/refusal.ts'
import { registerRoutes } from './registration/register.route.tsx'
import { tokenRoutes } from './token-routes.ts'

export const lazyRoutes: readonly DescribedRoutes<AppEnv>[] = [
  registrationRoutes,
  protectedResourceRoutes,
  userInfoRoutes,
  logoutRoutes,
  checkSessionRoutes,
  ...loginRoutes,
  registerRoutes,
  accountRoutes,
  profileRoutes,
  deletionRoutes,
  applicationRoutes,
  dataExportRoutes,
  historyRoutes,
  emailRoutes,
  rememberedDeviceRoutes,
  passkeyRoutes,
  relatedOriginRoutes,
  otpRoutes,
  recoveryCodeRoutes,
  healthRoutes,
  metricsRoutes,
  resendWebhookRoutes,
]

export const lazyApp = new Hono<AppEnv>()

for (const routes of lazyRoutes) lazyApp.route('/', routes)

/** Every route but those of administration, which answers for its own. */
const mounted = [...tokenRoutes, ...lazyRoutes].flatMap(({ routes }) => routes)

/** Endpoints that programs call; browser applications call them from other origins. */
const machinePaths =
  /^\/(oauth\/(token|introspect|revoke|par|register(\/[^/]+)?)|oidc\/userinfo|\.well-known\/.*)$/

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

lazyApp.notFound((c) => {
  c.env.route ??= findTemplate(mounted, c.req.path)
  // Preflight (Fetch §4.8): these endpoints take no cookies, so any origin may call them.
  const isMachine = machinePaths.test(c.req.path)
  const others = otherMethods(mounted, c.req.method, c.req.path)
  const allowed = isMachine && others.length > 0 ? [...others, 'OPTIONS'] : others
  if (isMachine && c.req.method === 'OPTIONS' && allowed.length > 0) return preflight(allowed)
  if (!wantsPage(c) && isMachine) {
    return allowed.length > 0
      ? refuseMachine(405, 'no such method here', { allow: allowed.join(', ') })
      : refuseMachine(404, 'no such endpoint')
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
export function renderFailure(error: Error, c: Context<AppEnv>): Response | Promise<Response> {
  const isOutage = isUnavailable(error)
  const detail = describeError(error)
  if (error instanceof ConfigurationError) return serverError(notConfigured, detail)
  if (machinePaths.test(c.req.path)) {
    return isOutage
      ? renderOAuthRefusal(temporarilyUnavailable(detail))
      : serverError(`request ${c.env.origin.request_id}`, detail)
  }
  return renderErrorPage(c, {
    status: isOutage ? 503 : 500,
    code: isOutage ? 'temporarily_unavailable' : 'server_error',
    message: (messages) => (isOutage ? messages.serverUnavailable : messages.serverFault),
    waysOn: tryAgain(c),
    detail,
  })
}

lazyApp.onError(renderFailure)

function refuseMachine(status: 404 | 405, description: string, headers?: Record<string, string>): Response {
  const error = 'invalid_request'
  return explain(oauthJson({ error, error_description: description }, status, headers), {
    error,
    description,
  })
}

function serverError(description: string, detail: string): Response {
  const error = 'server_error'
  return explain(oauthJson({ error, error_description: description }, 500), { error, description, detail })
}

/** Which variables are wrong stands in the log alone. */
const notConfigured =
  'the server is not configured: its log names what is missing; for local development, npm run db writes it'
