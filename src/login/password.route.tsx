/** `GET|POST /password`: changes the password of the signed-in user, forced or by choice. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { newBrowserState } from '../interaction/browser-state-cookie.ts'
import { findLiveSession } from '../interaction/live-session.ts'
import { issueSessionHandle, setSessionCookie } from '../interaction/session-cookie.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { uuidv7 } from '../kit/ids.ts'
import { unreachable } from '../kit/result.ts'
import { formatWait } from '../messages/format-time.ts'
import { describePasswordProblem } from '../pages/describe-password-problem.ts'
import type { Problem } from '../pages/form-parts.tsx'
import { formTargets } from '../pages/form-targets.ts'
import {
  type LoadedInteraction,
  loadInteraction,
  resumePath,
  withInteraction,
} from '../pages/load-interaction.ts'
import { readNewPassword } from '../pages/new-password.ts'
import { type FormPage, goTo, openFormPage, sendPage, withScript } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import type { PasswordRules } from '../passwords/password-policy.ts'
import { type ReplaceRefusal, replacePassword } from '../passwords/replace-password.ts'
import type { Parameters } from '../protocol/parameters.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import type { LiveSession } from '../sessions/session.ts'
import { lifetimeOf } from '../sessions/session-lifetime.ts'
import { accountName } from './account-name.ts'
import { PasswordPage } from './password.page.tsx'

const path = '/password'
const tag = 'Sign-in'

export const passwordRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'findPasswordChange',
      method: 'get',
      path: '/.well-known/change-password',
      summary: 'Where password managers send users to change a password',
      spec: 'A Well-Known URL for Changing Passwords (W3C)',
      tag: 'Account',
      responses: { 303: 'To the password change page' },
    },
    () => goTo(path),
  )
  .describe(
    {
      id: 'showPasswordChange',
      method: 'get',
      path,
      summary: 'Password change page',
      tag,
      responses: {
        200: 'The form',
        303: 'Not signed in: to the sign-in page',
        400: 'The login in progress has expired or belongs to another browser',
      },
    },
    async (c) => {
      const loaded = await loadInteraction(c, c.req.query('interaction'))
      if (!loaded.ok) return loaded.error
      const session = await findLiveSession(c.env.deps, c.req.header('cookie'))
      if (!session) return goTo(signInPath(loaded.value))
      return showForm(c, await openForm(c, session, loaded.value))
    },
  )
  .describe(
    {
      id: 'changeOwnPassword',
      method: 'post',
      path,
      summary: 'Changes the password and ends every other session',
      tag,
      responses: {
        303: 'Changed: continues where the user was going; or no longer signed in',
        ...pageFormRefusals,
        400: 'The current password is wrong or the new one is not acceptable',
        409: 'The password has been changed elsewhere in the meantime',
        429: 'Too many attempts',
        503: 'Too many password checks are running; nothing was tried',
      },
    },
    async (c) => {
      const parameters = await readPageForm(c)
      if (!parameters.ok) return parameters.error
      const loaded = await loadInteraction(c, parameters.value.get('interaction'))
      if (!loaded.ok) return loaded.error
      const session = await findLiveSession(c.env.deps, c.req.header('cookie'))
      if (!session) return goTo(signInPath(loaded.value))
      return change(c, await openForm(c, session, loaded.value), parameters.value)
    },
  )

const signInPath = (loaded: LoadedInteraction | undefined): string =>
  loaded ? `/login?interaction=${loaded.sealed}` : '/login?next=password'

interface PasswordForm {
  readonly page: FormPage
  readonly rules: PasswordRules
  readonly session: LiveSession
  readonly loaded: LoadedInteraction | undefined
}

const openForm = async (
  c: Context<AppEnv>,
  session: LiveSession,
  loaded: LoadedInteraction | undefined,
): Promise<PasswordForm> => ({
  page: withScript(await openFormPage(c, loaded?.interaction.ui_locales)),
  rules: await c.env.deps.readPasswordRules(),
  session,
  loaded,
})

async function change(c: Context<AppEnv>, form: PasswordForm, parameters: Parameters): Promise<Response> {
  const { messages } = form.page
  const current = parameters.get('current_password')
  const read = readNewPassword(parameters)
  const problems: Problem[] = []
  if (current === undefined)
    problems.push({ field: 'current_password', message: messages.currentPasswordMissing })
  if (!read.ok) problems.push({ field: read.error.field, message: read.error.text(messages) })
  if (current === undefined || !read.ok) {
    return showForm(c, form, { status: 400, problems, reason: 'incomplete' })
  }
  const { deps, origin } = c.env
  const { session, loaded } = form
  const next = read.value
  const routing = { user_id: session.user_id, session_id: uuidv7(deps.now()) }
  const { handle, secretHash } = await issueSessionHandle(deps.root, routing)
  const renewed = { session_id: routing.session_id, secret_hash: secretHash }
  const { user_id, session_id } = session
  const replaced = await replacePassword(deps, {
    ...{ user_id, session_id, counted: session_id, next, origin },
    proof: { current },
    complete: (now) => deps.sessionsOf(user_id).completePasswordChange({ now, session_id, renewed, origin }),
  })
  if (!replaced.ok) {
    return showForm(c, form, { ...refusalOf(form, replaced.error), reason: replaced.error.reason })
  }
  deps.notify('notice_password_changed', user_id, origin)
  const { absolute_ttl_seconds } = lifetimeOf(await deps.readSettings(), deps.config)
  const cookies = [
    setSessionCookie(deps.config, handle, absolute_ttl_seconds),
    ...newBrowserState(deps.config),
  ]
  if (!loaded) return goTo('/account/security?done=password', cookies)
  const { interaction } = loaded
  const isOwn = interaction.session_id === session.session_id
  const continued = isOwn ? { ...interaction, session_id: renewed.session_id } : interaction
  return goTo(await withInteraction(c, resumePath, continued), cookies)
}

interface FormRefusal {
  readonly status: number
  readonly problems: readonly Problem[]
  readonly headers?: Record<string, string>
  /** For the log. */
  readonly reason?: string
}

function refusalOf(
  { page: { language, messages }, rules }: PasswordForm,
  refusal: ReplaceRefusal,
): FormRefusal {
  switch (refusal.reason) {
    case 'wrong_current':
      return {
        status: 400,
        problems: [{ field: 'current_password', message: messages.currentPasswordWrong }],
      }
    case 'outdated':
      return {
        status: 400,
        problems: [{ field: 'current_password', message: messages.currentPasswordMissing }],
      }
    case 'unacceptable': {
      const message = describePasswordProblem(messages, refusal.problem, rules)
      return { status: 400, problems: [{ field: 'new_password', message }] }
    }
    case 'conflict':
      return { status: 409, problems: [{ message: messages.passwordChangedMeanwhile }] }
    case 'limited': {
      const wait = formatWait(language.tag, refusal.decision.retryAfterSeconds)
      return {
        status: 429,
        problems: [{ message: messages.tooManyAttempts(wait) }],
        headers: rateLimitHeaders(refusal.decision),
      }
    }
    case 'busy':
      return {
        status: 503,
        problems: [{ message: messages.busy(formatWait(language.tag, refusal.retryAfterSeconds)) }],
        headers: { 'Retry-After': String(refusal.retryAfterSeconds) },
      }
    default:
      return unreachable(refusal)
  }
}

async function showForm(
  c: Context<AppEnv>,
  { page, rules, session, loaded }: PasswordForm,
  { status, headers, problems, reason }: FormRefusal = { status: 200, problems: [] },
): Promise<Response> {
  const user = await c.env.deps.findUser(session.user_id)
  const html = (
    <PasswordPage
      page={page}
      interaction={loaded?.sealed}
      rules={rules}
      accountName={accountName(user, session.user_id)}
      isForced={session.password_change_required}
      problems={problems}
    />
  )
  return sendPage(c, page, html, {
    ...{ status, headers, refusal: reason },
    formTargets: loaded && formTargets(loaded.interaction),
  })
}
