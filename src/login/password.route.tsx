/** `GET|POST /password`: changes the password of the signed-in person, forced or by choice. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { describeRoute, pageFormRefusals } from '../kit/describe-route.ts'
import { uuidv7 } from '../kit/ids.ts'
import { unreachable } from '../kit/result.ts'
import type { Parameters } from '../oauth/parameters.ts'
import { type ReplaceRefusal, replacePassword } from '../passwords/replace-password.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import type { LiveSession } from '../sessions/user-sessions.ts'
import type { Problem } from './form-parts.tsx'
import { formTargets } from './form-targets.ts'
import { findLiveSession } from './live-session.ts'
import { type LoadedInteraction, loadInteraction, resumePath, withInteraction } from './load-interaction.ts'
import { passwordProblemInWords } from './messages/password-problem-in-words.ts'
import { waitInWords } from './messages/time-in-words.ts'
import { type FormPage, goTo, openFormPage, sendPage } from './page.ts'
import { readPageForm } from './page-form.ts'
import { PasswordPage } from './password.page.tsx'
import { issueSessionHandle, setSessionCookie } from './session-cookie.ts'

const path = '/password'
const tag = 'Sign-in'

export const passwordRoutes = new OpenAPIHono<AppEnv>()
  .openapi(
    describeRoute({
      id: 'showPasswordChange',
      method: 'get',
      path,
      summary: 'Password change page',
      tag,
      responses: {
        200: 'The form',
        303: 'Not signed in: to the sign-in page',
        400: 'The login in progress has expired or is another browser’s',
      },
    }),
    async (c) => {
      const loaded = await loadInteraction(c, c.req.query('interaction'))
      if (!loaded.ok) return loaded.error
      const session = await findLiveSession(c.env.deps, c.req.header('cookie'))
      if (!session) return goTo(signInPath(loaded.value))
      const page = await openFormPage(c, loaded.value?.interaction.ui_locales)
      return showForm(c, { page, session, loaded: loaded.value })
    },
  )
  .openapi(
    describeRoute({
      id: 'changeOwnPassword',
      method: 'post',
      path,
      summary: 'Changes the password and ends every other session',
      tag,
      responses: {
        303: 'Changed: back to what the person came for; or not signed in any more',
        ...pageFormRefusals,
        400: 'The current password is wrong or the new one is not acceptable',
        409: 'The password was changed meanwhile, elsewhere',
        429: 'Too many attempts',
      },
    }),
    async (c) => {
      const parameters = await readPageForm(c)
      if (!parameters.ok) return parameters.error
      const loaded = await loadInteraction(c, parameters.value.get('interaction'))
      if (!loaded.ok) return loaded.error
      const session = await findLiveSession(c.env.deps, c.req.header('cookie'))
      if (!session) return goTo(signInPath(loaded.value))
      const page = await openFormPage(c, loaded.value?.interaction.ui_locales)
      return change(c, { page, session, loaded: loaded.value }, parameters.value)
    },
  )

const signInPath = (loaded: LoadedInteraction | undefined): string =>
  loaded ? `/login?interaction=${loaded.sealed}` : '/login'

interface PasswordForm {
  readonly page: FormPage
  readonly session: LiveSession
  readonly loaded: LoadedInteraction | undefined
}

async function change(c: Context<AppEnv>, form: PasswordForm, parameters: Parameters): Promise<Response> {
  const { messages } = form.page
  const current = parameters.get('current_password')
  const next = parameters.get('new_password')
  const problems: Problem[] = []
  if (current === undefined)
    problems.push({ field: 'current_password', message: messages.currentPasswordMissing })
  if (next === undefined) problems.push({ field: 'new_password', message: messages.newPasswordMissing })
  else if (next !== parameters.get('repeat_password')) {
    problems.push({ field: 'repeat_password', message: messages.passwordsDiffer })
  }
  if (current === undefined || next === undefined || problems.length > 0) {
    return showForm(c, form, { status: 400, problems })
  }
  const { deps, origin } = c.env
  const { session, loaded } = form
  const routing = { user_id: session.user_id, session_id: uuidv7(deps.now()) }
  const { handle, secretHash } = await issueSessionHandle(deps.root, routing)
  const renewed = { session_id: routing.session_id, secret_hash: secretHash }
  const replaced = await replacePassword(deps, { session, renewed, current, next, origin })
  if (!replaced.ok) return showForm(c, form, refusalOf(form.page, replaced.error))
  const cookies = [setSessionCookie(deps.config, handle, deps.config.sessionAbsoluteTtlSeconds)]
  if (!loaded) return goTo('/account?done=password', cookies)
  const { interaction } = loaded
  const isOwn = interaction.session_id === session.session_id
  const continued = isOwn ? { ...interaction, session_id: renewed.session_id } : interaction
  return goTo(await withInteraction(c, resumePath, continued), cookies)
}

interface FormRefusal {
  readonly status: number
  readonly problems: readonly Problem[]
  readonly headers?: Record<string, string>
}

function refusalOf({ language, messages }: FormPage, refusal: ReplaceRefusal): FormRefusal {
  switch (refusal.reason) {
    case 'wrong_current':
      return {
        status: 400,
        problems: [{ field: 'current_password', message: messages.currentPasswordWrong }],
      }
    case 'unacceptable': {
      const message = passwordProblemInWords(messages, refusal.problem)
      return { status: 400, problems: [{ field: 'new_password', message }] }
    }
    case 'conflict':
      return { status: 409, problems: [{ message: messages.passwordChangedMeanwhile }] }
    case 'limited': {
      const wait = waitInWords(language.tag, refusal.decision.retryAfterSeconds)
      return {
        status: 429,
        problems: [{ message: messages.tooManyAttempts(wait) }],
        headers: rateLimitHeaders(refusal.decision),
      }
    }
    default:
      return unreachable(refusal)
  }
}

function showForm(
  c: Context<AppEnv>,
  { page, session, loaded }: PasswordForm,
  { status, headers, problems }: FormRefusal = { status: 200, problems: [] },
): Promise<Response> {
  const html = (
    <PasswordPage
      page={page}
      interaction={loaded?.sealed}
      isForced={session.password_change_required}
      problems={problems}
    />
  )
  return sendPage(c, page, html, { status, headers, formTargets: loaded && formTargets(loaded.interaction) })
}
