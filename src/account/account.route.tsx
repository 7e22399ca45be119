/**
 * `/account`: self-service of the signed-in user. Not available to a session whose password must be changed first.
 */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { findLiveSession } from '../interaction/live-session.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { Messages } from '../messages/en.ts'
import { goTo, openFormPage, sendPage } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import type { Parameters } from '../protocol/parameters.ts'
import type { LiveSession } from '../sessions/session.ts'
import { AccountPage } from './account.page.tsx'

const tag = 'Account'
const postResponses = {
  303: 'Done, back to the account page; or not signed in',
  ...pageFormRefusals,
}

/** Notices a redirect may name. Only known ones, so that a crafted link cannot put text on the page. */
const notices: Readonly<Record<string, (messages: Messages) => string>> = {
  password: (messages) => messages.passwordChanged,
  session: (messages) => messages.sessionEnded,
  device: (messages) => messages.deviceForgotten,
  others: (messages) => messages.otherSessionsEnded,
}

export const accountRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showAccount',
      method: 'get',
      path: '/account',
      summary: 'Account page',
      tag,
      responses: { 200: 'Who is signed in, and where', 303: 'Not signed in: to the sign-in page' },
    },
    async (c) => {
      const { deps } = c.env
      const session = await requireSession(c)
      if (!session.ok) return session.error
      const { user_id } = session.value
      const userSessions = deps.sessionsOf(user_id)
      const [page, user, sessions, devices] = await Promise.all([
        openFormPage(c),
        deps.findUser(user_id),
        userSessions.listSessions({ now: deps.now() }),
        userSessions.listDevices({ now: deps.now() }),
      ])
      const done = c.req.query('done') ?? ''
      const html = (
        <AccountPage
          page={page}
          user={user}
          current={session.value}
          sessions={sessions}
          devices={devices}
          timeZone={timeZoneOf(c.req.raw)}
          notice={Object.hasOwn(notices, done) ? notices[done]?.(page.messages) : undefined}
        />
      )
      return sendPage(c, page, html)
    },
  )
  .describe(
    {
      id: 'endOwnSession',
      method: 'post',
      path: '/account/sessions/end',
      summary: 'Ends one of the user’s own sessions',
      tag,
      responses: postResponses,
    },
    async (c) => {
      const request = await readAccountForm(c)
      if (!request.ok) return request.error
      const { session, form } = request.value
      const session_id = form.get('session_id')
      const { deps, origin } = c.env
      // The object belongs to the signed-in user, so another user's session id matches nothing in it.
      if (session_id) {
        await deps
          .sessionsOf(session.user_id)
          .endSession({ now: deps.now(), session_id, origin, reason: 'revoked' })
      }
      return goTo('/account?done=session')
    },
  )
  .describe(
    {
      id: 'endOwnOtherSessions',
      method: 'post',
      path: '/account/sessions/end-others',
      summary: 'Ends all other sessions of the user, and all grants of applications',
      tag,
      responses: postResponses,
    },
    async (c) => {
      const request = await readAccountForm(c)
      if (!request.ok) return request.error
      const { user_id, session_id } = request.value.session
      const { deps, origin } = c.env
      await deps
        .sessionsOf(user_id)
        .endAllSessions({ now: deps.now(), except_session_id: session_id, origin })
      return goTo('/account?done=others')
    },
  )
  .describe(
    {
      id: 'forgetOwnDevice',
      method: 'post',
      path: '/account/devices/forget',
      summary: 'Removes a device where the user has signed in',
      tag,
      responses: postResponses,
    },
    async (c) => {
      const request = await readAccountForm(c)
      if (!request.ok) return request.error
      const { user_id } = request.value.session
      const device_id = request.value.form.get('device_id')
      const { deps, origin } = c.env
      // The object belongs to the signed-in user, so another user's device id matches nothing in it.
      if (device_id)
        await deps.sessionsOf(user_id).forgetDevice({ now: deps.now(), user_id, device_id, origin })
      return goTo('/account?done=device')
    },
  )

/** The root path has no page of its own. */
accountRoutes.serve('get', '/', () => goTo('/account'))

/** The live, unrestricted session, or a redirect to sign in or change the password first. */
async function requireSession(c: Context<AppEnv>): Promise<Result<LiveSession, Response>> {
  const session = await findLiveSession(c.env.deps, c.req.header('cookie'))
  if (!session) return err(goTo('/login'))
  return session.password_change_required ? err(goTo('/password')) : ok(session)
}

async function readAccountForm(
  c: Context<AppEnv>,
): Promise<Result<{ readonly session: LiveSession; readonly form: Parameters }, Response>> {
  const form = await readPageForm(c, () => '/account')
  if (!form.ok) return form
  const session = await requireSession(c)
  return session.ok ? ok({ session: session.value, form: form.value }) : session
}

/** The reader's time zone as guessed by Cloudflare; UTC if unknown. */
function timeZoneOf(request: Request): string {
  const timeZone = (request.cf as { timezone?: unknown } | undefined)?.timezone
  return typeof timeZone === 'string' ? timeZone : 'UTC'
}
