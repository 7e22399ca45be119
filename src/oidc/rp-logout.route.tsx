/**
 * `GET|POST /oidc/logout` (OpenID Connect RP-Initiated Logout 1.0). With an ID token of this browser's session the
 * user is signed out immediately; otherwise they must confirm, because a link on any web page could have brought
 * them here (logout CSRF).
 */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { findLiveSession } from '../interaction/live-session.ts'
import { readSession, type SessionRouting } from '../interaction/session-cookie.ts'
import { DescribedRoutes, formRefusals, pageFormRefusals } from '../kit/describe-route.ts'
import { constantTimeEqual } from '../kit/hash.ts'
import { LogoutPage } from '../login/logout.page.tsx'
import { showSignedOut } from '../login/show-signed-out.tsx'
import { signedOutCookies, signOut } from '../login/sign-out.ts'
import { shownName } from '../pages/client-name.ts'
import { renderRefusalPage, renderTooManyRequests } from '../pages/error-page.tsx'
import { schemeSources } from '../pages/form-targets.ts'
import { goTo, openFormPage, sendPage } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import { readForm } from '../protocol/form.ts'
import { type Parameters, parseQuery } from '../protocol/parameters.ts'
import { invalidRequest } from '../protocol/refusal.ts'
import { sessionIdFor } from '../tokens/subject.ts'
import { openPosted, postedLogout, queryOfPosted } from './posted-logout.ts'
import { checkLogout, hintInvalid, type LogoutRequest } from './rp-logout.ts'

const path = '/oidc/logout'
const confirmPath = '/oidc/logout/confirm'

const description = {
  path,
  summary: 'RP-initiated logout',
  spec: 'OpenID Connect RP-Initiated Logout 1.0 §2',
  tag: 'OpenID Connect',
  responses: {
    200: 'The confirmation form, or the page after the sign-out, with frames in which clients end their sessions',
    303: 'Signed out: redirects to the registered post_logout_redirect_uri',
    400: 'The request is malformed or its redirect URI is not registered',
    429: 'Too many requests',
  },
} as const

export const logoutRoutes = new DescribedRoutes<AppEnv>()
  .describe({ id: 'logout', method: 'get', ...description }, async (c) => {
    const parameters = parseQuery(c.req.url)
    if (!parameters.ok) return renderRefusalPage(c, invalidRequest(parameters.error))
    const sealed = parameters.value.get(postedLogout)
    if (sealed === undefined) return answer(c, parameters.value)
    const posted = await openPosted(c.env.deps.root, sealed, c.env.deps.now())
    return posted ? answer(c, posted) : renderRefusalPage(c, hintInvalid)
  })
  .describe(
    {
      id: 'logoutByPost',
      method: 'post',
      ...description,
      responses: { ...formRefusals, 303: 'The same request by GET' },
    },
    async (c) => {
      const form = await readForm(c.req.raw)
      // A cross-site POST arrives without our SameSite=Lax cookies; the same request by GET has them.
      if (!form.ok) return renderRefusalPage(c, form.error)
      const { root, now } = c.env.deps
      return goTo(`${path}?${await queryOfPosted(root, form.value, now())}`)
    },
  )
  .describe(
    {
      id: 'confirmLogout',
      method: 'post',
      path: confirmPath,
      summary: 'Signs out after the confirmation',
      tag: 'OpenID Connect',
      responses: {
        200: 'Signed out; clients end their sessions in frames of the page',
        303: 'Signed out',
        ...pageFormRefusals,
      },
    },
    async (c) => {
      const form = await readPageForm(c, () => '/logout')
      if (!form.ok) return form.error
      const sealed = form.value.get('return_to')
      const returnTo = sealed && (await c.env.deps.root.open('logout', sealed))
      const signedOut = await signOut(c.env.deps, c.req.header('cookie'), c.env.origin)
      if (!returnTo && signedOut.frames.length > 0) return showSignedOut(c, signedOut, {})
      return showSignedOut(c, signedOut, { goOnTo: returnTo || '/logout' })
    },
  )

async function answer(c: Context<AppEnv>, parameters: Parameters): Promise<Response> {
  const { deps } = c.env
  const taken = await deps.rateLimiter.take('authorize-ip', c.env.origin.ip ?? 'unknown')
  if (!taken.allowed) return renderTooManyRequests(c, taken, parameters.get('ui_locales'))
  const checked = await checkLogout(deps, parameters)
  if (!checked.ok) return renderRefusalPage(c, checked.error, parameters.get('ui_locales'))
  const request = checked.value
  const session = await findLiveSession(deps, c.req.header('cookie'))
  if (session && !(await isAboutSession(c, request, session))) {
    return requireConfirmation(c, trusted(request), parameters.get('ui_locales'))
  }
  const isOver = session === undefined && !(await isAboutEnded(c, request))
  const signedOut = isOver
    ? { cookies: signedOutCookies(deps.config), frames: [] }
    : await signOut(deps, c.req.header('cookie'), c.env.origin)
  const { redirectTo } = isOver ? trusted(request) : request
  return showSignedOut(c, signedOut, { goOnTo: redirectTo, uiLocales: parameters.get('ui_locales') })
}

/**
 * A request that nothing proves to be about a session of this browser. Attack: somebody registers an application, and a
 * link to us leads whomever they want to its address (open redirect, RFC 9700 §4.11).
 */
const trusted = (request: LogoutRequest): LogoutRequest =>
  request.client?.reviewed ? request : { ...request, redirectTo: undefined }

/** Whether the verified hint was issued within this session, also before the person signed in again in it. */
async function isAboutSession(
  c: Context<AppEnv>,
  { client, hint }: LogoutRequest,
  { user_id, session_id }: SessionRouting,
): Promise<boolean> {
  if (!hint || !client) return false
  const { root, sessionsOf } = c.env.deps
  const { client_id } = client
  const names = async (id: string) => constantTimeEqual(hint.sid, await sessionIdFor(root, client_id, id))
  if (await names(session_id)) return true
  const former = await sessionsOf(user_id).formerSessions({ session_id, client_id })
  return (await Promise.all(former.map(names))).includes(true)
}

/** Whether the hint is of the session that this browser had until it expired: the client's grants end all the same. */
async function isAboutEnded(c: Context<AppEnv>, request: LogoutRequest): Promise<boolean> {
  const ended = await readSession(c.env.deps, c.req.header('cookie'))
  return ended !== undefined && isAboutSession(c, request, ended.routing)
}

async function requireConfirmation(
  c: Context<AppEnv>,
  { client, redirectTo }: LogoutRequest,
  uiLocales: string | undefined,
): Promise<Response> {
  const page = await openFormPage(c, uiLocales)
  const hidden = redirectTo ? { return_to: await c.env.deps.root.seal('logout', redirectTo) } : {}
  const html = (
    <LogoutPage
      {...{ page, hidden }}
      action={confirmPath}
      clientName={client && shownName(client, undefined)}
    />
  )
  return sendPage(c, page, html, redirectTo ? { formTargets: schemeSources(redirectTo) } : {})
}
