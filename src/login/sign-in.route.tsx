/** `GET|POST /login`: signs a user in, for an application's authorization request or for the account page. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { type DeviceHandle, readDevices, setDeviceCookie } from '../interaction/device-cookie.ts'
import { findLiveSession } from '../interaction/live-session.ts'
import { readSession, setSessionCookie } from '../interaction/session-cookie.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { formatWait } from '../messages/format-time.ts'
import type { Problem } from '../pages/form-parts.tsx'
import { formTargets } from '../pages/form-targets.ts'
import {
  type LoadedInteraction,
  loadInteraction,
  resumePath,
  withInteraction,
} from '../pages/load-interaction.ts'
import { type FormPage, goTo, openFormPage, sendPage } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import type { Parameters } from '../protocol/parameters.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import type { LiveSession } from '../sessions/session.ts'
import { count } from '../telemetry/count.ts'
import { accountName } from './account-name.ts'
import { findLoginMethod } from './methods/index.ts'
import type { LoginMethod, LoginOutcome } from './methods/login-method.ts'
import { type SignedIn, SignInPage } from './sign-in.page.tsx'
import { rememberTypedPassword } from './typed-password.ts'

const path = '/login'
const tag = 'Sign-in'

export const signInRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showSignIn',
      method: 'get',
      path,
      summary: 'Sign-in page',
      tag,
      responses: {
        200: 'The form',
        303: 'Already signed in, in another tab: continues at authorize',
        400: 'The login in progress has expired or belongs to another browser',
      },
    },
    async (c) => {
      const loaded = await loadInteraction(c, c.req.query('interaction'))
      if (!loaded.ok) return loaded.error
      const session = c.req.query('as') === 'another' ? undefined : await findSession(c)
      if (session && loaded.value && !loaded.value.interaction.login_because) {
        // Authorize ran when nobody was signed in. Let it check again which step is missing.
        return goTo(`${resumePath}?interaction=${loaded.value.sealed}`)
      }
      const form = await openForm(c, loaded.value, c.req.query('method'), c.req.query('next'))
      // Only known notices, so that a crafted link cannot put text on the page.
      const notice = c.req.query('done') === 'password' ? form.page.messages.passwordSaved : undefined
      const shown = { ...form, notice, signedIn: session && (await nameSignedIn(c, session, loaded.value)) }
      return showForm(c, shown, loaded.value?.interaction.login_hint)
    },
  )
  .describe(
    {
      id: 'signIn',
      method: 'post',
      path,
      summary: 'Signs in',
      tag,
      responses: {
        303: 'Signed in: continues at the application, the forced password change or the account page',
        ...pageFormRefusals,
        400: 'The sign-in details are not correct, or a field is missing',
        429: 'Too many attempts',
        503: 'Too many password checks are running; nothing was tried',
      },
    },
    async (c) => {
      const parameters = await readPageForm(c)
      if (!parameters.ok) return parameters.error
      const loaded = await loadInteraction(c, parameters.value.get('interaction'))
      if (!loaded.ok) return loaded.error
      const { value } = parameters
      return signIn(c, await openForm(c, loaded.value, value.get('method'), value.get('next')), value)
    },
  )

interface SignInForm {
  readonly page: FormPage
  readonly method: LoginMethod
  readonly loaded: LoadedInteraction | undefined
  /** Where the user goes after signing in without an application. */
  readonly next: keyof typeof nextPaths
  /** The user already signed in on this browser. */
  readonly signedIn?: SignedIn | undefined
  readonly notice?: string | undefined
}

/** Only known paths, so that a crafted link cannot redirect elsewhere (open redirect). */
const nextPaths = { account: '/account', password: '/password' } as const

const openForm = async (
  c: Context<AppEnv>,
  loaded: LoadedInteraction | undefined,
  methodId: string | undefined,
  next: string | undefined,
): Promise<SignInForm> => ({
  page: await openFormPage(c, loaded?.interaction.ui_locales),
  method: findLoginMethod(methodId),
  loaded,
  next: next === 'password' ? next : 'account',
})

async function nameSignedIn(
  c: Context<AppEnv>,
  session: LiveSession,
  loaded: LoadedInteraction | undefined,
): Promise<SignedIn | undefined> {
  const user = await c.env.deps.findUser(session.user_id)
  return user && { name: accountName(user, user.id), because: loaded?.interaction.login_because }
}

const findSession = (c: Context<AppEnv>): Promise<LiveSession | undefined> =>
  findLiveSession(c.env.deps, c.req.header('cookie'))

async function signIn(c: Context<AppEnv>, form: SignInForm, parameters: Parameters): Promise<Response> {
  const { deps, origin } = c.env
  const username = parameters.get('identifier')
  const fields: Record<string, string> = {}
  const problems: Problem[] = []
  for (const { name, missing, maxlength } of form.method.fields) {
    const value = parameters.get(name)
    if (value === undefined) problems.push({ field: name, message: missing(form.page.messages) })
    else if (value.length > maxlength) problems.push({ message: form.page.messages.signInFailed })
    else fields[name] = value
  }
  const refuse = async (refusal: FormRefusal) => {
    const session = parameters.get('again') === undefined ? undefined : await findSession(c)
    const signedIn = session && (await nameSignedIn(c, session, form.loaded))
    return showForm(c, { ...form, signedIn }, username, refusal)
  }
  if (problems.length > 0) return refuse({ status: 400, problems, reason: 'incomplete' })

  const cookies = c.req.header('cookie')
  const [previous, devices] = await Promise.all([
    readSession(deps, cookies),
    readDevices(deps, cookies, deps.now()),
  ])
  const outcome = await form.method.attempt(deps, { fields, previous: previous?.routing, devices, origin })
  const counted = outcome.status === 'signed_in' ? 'success' : outcome.status
  count('authly_sign_ins_total', 1, form.method.id, counted)
  return outcome.status === 'signed_in'
    ? finish(c, form, outcome, devices)
    : refuse({ ...refusalOf(form.page, outcome), reason: outcome.status })
}

interface FormRefusal {
  readonly status: number
  readonly problems: readonly Problem[]
  readonly headers?: Record<string, string>
  /** For the log. */
  readonly reason?: string
}

function refusalOf(
  { language, messages }: FormPage,
  outcome: Exclude<LoginOutcome, { status: 'signed_in' }>,
): FormRefusal {
  if (outcome.status === 'refused') return { status: 400, problems: [{ message: messages.signInFailed }] }
  if (outcome.status === 'busy') {
    const { retryAfterSeconds } = outcome
    const message = messages.busy(formatWait(language.tag, retryAfterSeconds))
    return { status: 503, problems: [{ message }], headers: { 'Retry-After': String(retryAfterSeconds) } }
  }
  const { seconds, headers } =
    outcome.status === 'locked'
      ? { seconds: outcome.retryAfterSeconds, headers: { 'Retry-After': String(outcome.retryAfterSeconds) } }
      : { seconds: outcome.decision.retryAfterSeconds, headers: rateLimitHeaders(outcome.decision) }
  const message = messages.tooManyAttempts(formatWait(language.tag, seconds))
  return { status: 429, problems: [{ message }], headers }
}

/** Sets the session and device cookies and continues to where the user was going. */
async function finish(
  c: Context<AppEnv>,
  { loaded, next }: SignInForm,
  { session, handle, device, mustChange, afterwards }: Extract<LoginOutcome, { status: 'signed_in' }>,
  devices: readonly DeviceHandle[],
): Promise<Response> {
  const { deps } = c.env
  const { config } = deps
  if (afterwards.length > 0) c.executionCtx.waitUntil(Promise.allSettled(afterwards))
  const cookies = [
    setSessionCookie(config, handle, config.sessionAbsoluteTtlSeconds),
    setDeviceCookie(config, device, devices),
  ]
  if (mustChange) cookies.push(await rememberTypedPassword(deps, session.session_id, mustChange))
  if (!loaded) return goTo(nextPaths[session.password_change_required ? 'password' : next], cookies)
  const interaction = {
    ...loaded.interaction,
    session_id: session.session_id,
    // Consent given earlier in this interaction may be another user's, so it does not carry over.
    prompt_done: { login: true, select_account: true },
  }
  const path = session.password_change_required ? '/password' : resumePath
  return goTo(await withInteraction(c, path, interaction), cookies)
}

async function showForm(
  c: Context<AppEnv>,
  { page, method, loaded, next, signedIn, notice }: SignInForm,
  username: string | undefined,
  { status, headers, problems, reason }: FormRefusal = { status: 200, problems: [] },
): Promise<Response> {
  const client = loaded && (await c.env.deps.findClient(loaded.interaction.client_id))
  const html = (
    <SignInPage
      page={page}
      method={method}
      interaction={loaded?.sealed}
      client={client}
      signedIn={signedIn}
      next={next}
      username={username}
      problems={problems}
      notice={notice}
    />
  )
  return sendPage(c, page, html, {
    ...{ status, headers, refusal: reason },
    formTargets: loaded && formTargets(loaded.interaction),
  })
}
