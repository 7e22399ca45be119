/** `/account/email`: another e-mail address, proven by a code, after a fresh sign-in. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import type { Messages } from '../messages/en.ts'
import { formatWait } from '../messages/format-time.ts'
import { readTypedCode } from '../one-time-passwords/typed-code.ts'
import type { Problem } from '../pages/form-parts.tsx'
import { goTo, openFormPage, sendPage } from '../pages/page.ts'
import type { Parameters } from '../protocol/parameters.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import { askToChange, isSameAddress, tryChange } from '../recovery/email-change.ts'
import { email as emailSchema } from '../users/user-fields.ts'
import { EmailPage } from './email.page.tsx'
import { type FactorChange, readFactorForm, requireFactorChange } from './factor-change.ts'

const path = '/account/email'
const tag = 'Account'

export const emailRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showEmailChange',
      method: 'get',
      path,
      summary: 'Page to change the e-mail address',
      tag,
      responses: { 200: 'The form', 303: 'A new sign-in is needed first; or nothing can be sent' },
    },
    async (c) => {
      if (!c.env.config.delivery.email) return goTo('/account')
      const change = await requireFactorChange(c, 'email')
      return change.ok ? show(c, {}) : change.error
    },
  )
  .describe(
    {
      id: 'changeOwnEmail',
      method: 'post',
      path,
      summary: 'Sends a code to the new address; with the code, changes the address',
      tag,
      responses: {
        200: 'The form for the code',
        303: 'Done, back to the account page; or a new sign-in is needed',
        ...pageFormRefusals,
        400: 'The address or the code is not correct',
        429: 'Too many codes or attempts',
      },
    },
    async (c) => {
      if (!c.env.config.delivery.email) return goTo('/account')
      const request = await readFactorForm(c, 'email')
      if (!request.ok) return request.error
      const { form, ...change } = request.value
      return form.get('change') === undefined ? ask(c, change, form) : confirm(c, change, form)
    },
  )

async function ask(c: Context<AppEnv>, { user, session }: FactorChange, form: Parameters): Promise<Response> {
  const { deps, origin } = c.env
  const parsed = emailSchema.safeParse(form.get('email')?.trim() ?? '')
  if (!parsed.success) return refuse(c, 'email', ({ registration }) => registration.emailInvalid)
  const email = parsed.data
  if (user.email !== undefined && isSameAddress(email, user.email)) {
    return refuse(c, 'email', ({ emailChange }) => emailChange.same)
  }
  for (const [policy, subject] of [
    ['code-ip', origin.ip ?? 'unknown'],
    ['code-user', `${user.id} another address`],
  ] as const) {
    const decision = await deps.rateLimiter.take(policy, subject)
    if (!decision.allowed) return wait(c, decision.retryAfterSeconds, rateLimitHeaders(decision))
  }
  const asked = await askToChange(deps, { user, session_id: session.session_id, email })
  return asked.status === 'sent' ? show(c, { change: asked.sealed }) : wait(c, asked.retry_after_seconds)
}

async function confirm(
  c: Context<AppEnv>,
  { user, session }: FactorChange,
  form: Parameters,
): Promise<Response> {
  const sealed = form.get('change') ?? ''
  const code = readTypedCode(form.get('code')?.trim() ?? '')
  // What cannot be a code is no guess.
  if (code?.length !== 6) return refuse(c, 'code', ({ emailCodes }) => emailCodes.wrong, sealed)
  const typed = { user, session_id: session.session_id, sealed, code }
  const tried = await tryChange(c.env.deps, typed, c.env.origin)
  switch (tried.status) {
    case 'changed':
      return goTo('/account?done=email')
    case 'wrong':
      return refuse(c, 'code', ({ emailCodes }) => emailCodes.wrong, sealed)
    case 'over':
      return refuse(c, undefined, ({ emailCodes }) => emailCodes.over)
    case 'wait':
      return wait(c, tried.retry_after_seconds)
  }
}

interface Shown {
  readonly change?: string | undefined
  readonly problem?: ((messages: Messages, language: string) => Problem) | undefined
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

const refuse = (
  c: Context<AppEnv>,
  field: string | undefined,
  message: (messages: Messages) => string,
  change?: string,
): Promise<Response> =>
  show(c, { change, status: 400, problem: (messages) => ({ field, message: message(messages) }) })

const wait = (
  c: Context<AppEnv>,
  seconds: number,
  headers: Readonly<Record<string, string>> = { 'Retry-After': String(seconds) },
): Promise<Response> =>
  show(c, {
    ...{ status: 429, headers },
    problem: (messages, language) => ({ message: messages.tooManyAttempts(formatWait(language, seconds)) }),
  })

async function show(
  c: Context<AppEnv>,
  { change, problem, status = 200, headers }: Shown,
): Promise<Response> {
  const page = await openFormPage(c)
  const problems = problem ? [problem(page.messages, page.language.tag)] : []
  const html = <EmailPage page={page} change={change} problems={problems} />
  return sendPage(c, page, html, { status, headers, refusal: problem && 'refused' })
}
