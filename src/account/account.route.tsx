/**
 * `/account`: self-service of the signed-in user. Not available to a session whose password must be changed first.
 */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { showSignedOut } from '../login/show-signed-out.tsx'
import { signOut } from '../login/sign-out.ts'
import { goTo, openFormPage, sendPage, withScript } from '../pages/page.ts'
import { AccountPage } from './account.page.tsx'
import { readAccountForm, requireSession, timeZoneOf } from './account-form.ts'
import type { AccountPageId } from './navigation.tsx'
import type { AccountView } from './sections/account-section.ts'
import { accountNotices, accountSections } from './sections/index.ts'

const tag = 'Account'
const postResponses = {
  303: 'Done, back to the account page; or not signed in',
  ...pageFormRefusals,
}

/** A page of the account, with its sections. */
async function showAccountPage(c: Context<AppEnv>, current: AccountPageId): Promise<Response> {
  const { deps } = c.env
  const session = await requireSession(c)
  if (!session.ok) return session.error
  const view: AccountView = {
    page: withScript(await openFormPage(c)),
    ...{ deps, session: session.value, user: deps.findUser(session.value.user_id) },
    timeZone: timeZoneOf(c.req.raw),
  }
  const [user, ...sections] = await Promise.all([
    view.user,
    ...accountSections[current].map(({ show }) => show(view)),
  ])
  // Deleted since the session was looked up.
  if (!user) return goTo('/login')
  const done = c.req.query('done') ?? ''
  const notice = Object.hasOwn(accountNotices, done) ? accountNotices[done] : undefined
  const html = (
    <AccountPage
      page={view.page}
      current={current}
      notice={notice?.(view.page.messages)}
      sections={sections}
    />
  )
  return sendPage(c, view.page, html)
}

const pageResponses = { 200: 'The page', 303: 'Not signed in: to the sign-in page' }

export const accountRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showAccount',
      method: 'get',
      path: '/account',
      summary: 'Account page: the profile, and the way to the other pages',
      tag,
      responses: pageResponses,
    },
    (c) => showAccountPage(c, 'profile'),
  )
  .describe(
    {
      id: 'showOwnSecurity',
      method: 'get',
      path: '/account/security',
      summary: 'What the user signs in with',
      tag,
      responses: pageResponses,
    },
    (c) => showAccountPage(c, 'security'),
  )
  .describe(
    {
      id: 'showOwnSessions',
      method: 'get',
      path: '/account/sessions',
      summary: 'Where the user is signed in, known and remembered devices',
      tag,
      responses: pageResponses,
    },
    (c) => showAccountPage(c, 'sessions'),
  )
  .describe(
    {
      id: 'showOwnApplications',
      method: 'get',
      path: '/account/applications',
      summary: 'Applications with access to the account',
      tag,
      responses: pageResponses,
    },
    (c) => showAccountPage(c, 'applications'),
  )
  .describe(
    {
      id: 'showOwnData',
      method: 'get',
      path: '/account/data',
      summary: 'The way to all data of the user, and to the deletion of the account',
      tag,
      responses: pageResponses,
    },
    (c) => showAccountPage(c, 'data'),
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
      const request = await readAccountForm(c, '/account/sessions')
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
      return goTo('/account/sessions?done=session')
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
      const request = await readAccountForm(c, '/account/sessions')
      if (!request.ok) return request.error
      const { user_id, session_id } = request.value.session
      const { deps, origin } = c.env
      await deps
        .sessionsOf(user_id)
        .endAllSessions({ now: deps.now(), except_session_id: session_id, origin })
      return goTo('/account/sessions?done=others')
    },
  )
  .describe(
    {
      id: 'endAllOwnSessions',
      method: 'post',
      path: '/account/sessions/end-all',
      summary: 'Ends all sessions of the user, this one too, and all grants of applications',
      tag,
      responses: {
        ...postResponses,
        200: 'Done; clients end their sessions in frames of the page',
        303: 'Done, or not signed in: to the sign-in page',
      },
    },
    async (c) => {
      const request = await readAccountForm(c, '/account/sessions')
      if (!request.ok) return request.error
      const { deps, origin } = c.env
      // First the one of this browser, whose clients can be told here.
      const signedOut = await signOut(deps, c.req.header('cookie'), origin)
      await deps.sessionsOf(request.value.session.user_id).endAllSessions({ now: deps.now(), origin })
      return showSignedOut(c, signedOut, { goOnTo: '/login' })
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
      const request = await readAccountForm(c, '/account/sessions')
      if (!request.ok) return request.error
      const { user_id } = request.value.session
      const device_id = request.value.form.get('device_id')
      const { deps, origin } = c.env
      // The object belongs to the signed-in user, so another user's device id matches nothing in it.
      if (device_id)
        await deps.sessionsOf(user_id).forgetDevice({ now: deps.now(), user_id, device_id, origin })
      return goTo('/account/sessions?done=device')
    },
  )

/** The root path has no page of its own. */
accountRoutes.serve('get', '/', () => goTo('/account'))
