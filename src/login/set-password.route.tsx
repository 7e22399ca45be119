/** `GET|POST /set-password`: the target of invitation and password reset links. */
import type { Context } from 'hono'
import type { Config } from '../config.ts'
import type { AppEnv } from '../dependencies.ts'
import { describeDevice } from '../kit/describe-device.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import type { Messages } from '../messages/en.ts'
import { formatWait } from '../messages/format-time.ts'
import { describePasskeyRefusal } from '../pages/describe-passkey-refusal.ts'
import { describePasswordProblem } from '../pages/describe-password-problem.ts'
import { renderErrorPage, toAccount, type WayOn } from '../pages/error-page.tsx'
import type { Problem } from '../pages/form-parts.tsx'
import { readNewPassword } from '../pages/new-password.ts'
import { goTo, openFormPage, openPage, sendPage, withScript } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import { termsField } from '../pages/terms-field.tsx'
import { type PossibleCredentials, possibleCredentials } from '../passkeys/possible-credentials.ts'
import { creationOptions } from '../passkeys/register-passkey.ts'
import type { Parameters } from '../protocol/parameters.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import type { Settings } from '../settings/settings.ts'
import { passwordSetupPath } from '../users/password-setup.ts'
import { holderOf, type SwitchedOn, setUpPasskey, takesPasskey } from '../users/set-up-passkey.ts'
import { type LinkRefusal, type OpenLink, readSetupLink, setUpPassword } from '../users/set-up-password.ts'
import { passkeyTermsField, SetPasswordPage } from './set-password.page.tsx'

const path = passwordSetupPath
const tag = 'Sign-in'

export const setPasswordRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showPasswordSetup',
      method: 'get',
      path,
      summary: 'Page of an invitation or reset link',
      tag,
      responses: {
        200: 'The form',
        400: 'The link has been used, has expired, was replaced or is not ours: always the same response',
        429: 'Too many attempts',
      },
    },
    async (c) => {
      const link = c.req.query('link')
      const opened = await readSetupLink(c.env.deps, link)
      return opened.ok && link !== undefined
        ? showForm(c, { link, opened: opened.value })
        : refuse(c, opened.ok ? { reason: 'invalid' } : opened.error, link)
    },
  )
  .describe(
    {
      id: 'setUpOwnPassword',
      method: 'post',
      path,
      summary: 'Sets a password by a link, which can be used once',
      tag,
      responses: {
        303: 'Saved, a password or a passkey: to the sign-in page',
        ...pageFormRefusals,
        400: 'The password is not acceptable, or the link is no longer valid',
        429: 'Too many attempts',
        503: 'Too many password checks are running; nothing was tried',
      },
    },
    async (c) => {
      const parameters = await readPageForm(c)
      if (!parameters.ok) return parameters.error
      const link = parameters.value.get('link')
      const opened = await readSetupLink(c.env.deps, link)
      return opened.ok && link !== undefined
        ? save(c, { link, opened: opened.value }, parameters.value)
        : refuse(c, opened.ok ? { reason: 'invalid' } : opened.error, link)
    },
  )

interface SetupForm {
  readonly link: string
  readonly opened: OpenLink
}

async function save(c: Context<AppEnv>, form: SetupForm, parameters: Parameters): Promise<Response> {
  const { messages } = await openPage(c)
  const isPasskey = parameters.get('credential') !== undefined
  const choice = choiceOf(c.env.deps.config, await c.env.deps.readSettings(), form.opened)
  // The settings have changed since the page was opened, or the form is not from it.
  if (!(isPasskey ? choice.passkeys : choice.passwords)) {
    return showForm(c, form, [{ message: messages.credentialNotPossible }], parameters)
  }
  if (isPasskey) return savePasskey(c, form, parameters, messages)
  const read = readNewPassword(parameters)
  if (!read.ok) {
    const { field, text } = read.error
    return showForm(c, form, [{ field, message: text(messages) }], parameters)
  }
  const password = read.value
  const terms = await termsOf(c, form.opened)
  if (terms && parameters.get(termsField) !== 'yes') {
    return showForm(c, form, [{ field: termsField, message: messages.registration.termsMissing }], parameters)
  }
  const saved = await setUpPassword(c.env.deps, form.opened, password, c.env.origin, terms?.version)
  if (saved.ok) {
    c.env.deps.notify('notice_password_changed', form.opened.userId, c.env.origin)
    return goTo('/login?done=password')
  }
  if (saved.error.reason === 'invalid') return refuse(c, saved.error, form.link)
  if (saved.error.reason === 'busy') {
    const { retryAfterSeconds } = saved.error
    return renderErrorPage(c, {
      status: 503,
      message: (words, language) => words.busy(formatWait(language, retryAfterSeconds)),
      waysOn: openAgain(form.link),
      headers: { 'Retry-After': String(retryAfterSeconds) },
    })
  }
  const rules = await c.env.deps.readPasswordRules()
  const message = describePasswordProblem(messages, saved.error.problem, rules)
  return showForm(c, form, [{ field: 'new_password', message }], parameters)
}

/** What may be chosen at a link: no link is used up for what nobody signs in with. */
function choiceOf(config: Config, settings: Settings, opened: OpenLink): PossibleCredentials {
  const on = switchedOn(config, settings)
  const passkeys = takesPasskey(opened, on)
  return { passkeys, passwords: on.passwords || !passkeys }
}

const switchedOn = (config: Config, settings: Settings): SwitchedOn => ({
  ...possibleCredentials(config, settings),
  email_codes: config.delivery.email !== undefined && settings['sign_in.email_codes'] === 'on',
})

async function savePasskey(
  c: Context<AppEnv>,
  form: SetupForm,
  parameters: Parameters,
  messages: Messages,
): Promise<Response> {
  const { deps, origin } = c.env
  const terms = await termsOf(c, form.opened)
  if (terms && parameters.get(termsField) !== 'yes') {
    const field = passkeyTermsField
    return showForm(c, form, [{ field, message: messages.registration.termsMissing }], parameters)
  }
  const settings = await deps.readSettings()
  const answer = {
    ...{ settings, origin },
    ...{ registration: parameters.get('registration'), credential: parameters.get('credential') },
    fallback_name: describeDevice(origin.user_agent) ?? 'Passkey',
  }
  const saved = await setUpPasskey(
    deps,
    form.opened,
    switchedOn(deps.config, settings),
    answer,
    origin,
    terms?.version,
  )
  if (saved.ok) {
    deps.notify('notice_factor_added', form.opened.userId, origin)
    return goTo('/login?done=passkey')
  }
  if (saved.error === 'invalid_link') return refuse(c, { reason: 'invalid' }, form.link)
  const message = describePasskeyRefusal(messages, saved.error)
  return showForm(c, form, [{ message }], parameters)
}

/** Whoever is invited accepts what others accept when they register. */
const termsOf = async (c: Context<AppEnv>, { purpose }: OpenLink): Promise<Settings['registration.terms']> =>
  purpose === 'invitation' ? (await c.env.deps.readSettings())['registration.terms'] : null

/** Link to the form itself: a user who arrives by such a link often has no other way to sign in. */
const openAgain =
  (link: string | undefined) =>
  (messages: Messages): readonly WayOn[] =>
    link === undefined
      ? [toAccount(messages)]
      : [{ href: `${path}?${new URLSearchParams({ link })}`, label: messages.openFormAgain }]

function refuse(c: Context<AppEnv>, refusal: LinkRefusal, link: string | undefined): Promise<Response> {
  if (refusal.reason === 'invalid') {
    return renderErrorPage(c, {
      status: 400,
      title: (messages) => messages.linkInvalidTitle,
      message: (messages) => messages.linkInvalidText,
    })
  }
  const { decision } = refusal
  return renderErrorPage(c, {
    status: 429,
    message: (messages, language) =>
      messages.tooManyAttempts(formatWait(language, decision.retryAfterSeconds)),
    waysOn: openAgain(link),
    headers: rateLimitHeaders(decision),
  })
}

async function showForm(
  c: Context<AppEnv>,
  { link, opened }: SetupForm,
  problems: readonly Problem[] = [],
  typed?: Parameters,
): Promise<Response> {
  const { deps } = c.env
  const [page, settings] = await Promise.all([openFormPage(c).then(withScript), deps.readSettings()])
  const choice = choiceOf(deps.config, settings, opened)
  const passkey = choice.passkeys ? await passkeyOptions(c, opened, settings) : undefined
  const rules = choice.passwords ? await deps.readPasswordRules() : undefined
  const html = (
    <SetPasswordPage
      {...{ page, link, rules, passkey, problems }}
      setup={opened}
      termsUri={(await termsOf(c, opened))?.uri}
      isAccepted={typed?.get(termsField) === 'yes'}
    />
  )
  const refused = { status: 400, refusal: 'incomplete, or not acceptable' }
  return sendPage(c, page, html, problems.length > 0 ? refused : {})
}

async function passkeyOptions(c: Context<AppEnv>, opened: OpenLink, settings: Settings) {
  const [name = opened.userId] = opened.identifiers.toReversed()
  const created = await creationOptions(c.env.deps, {
    ...{ ...holderOf(opened), settings, existing: [], rp_name: settings['branding.name'] },
    ...{ user_name: name, display_name: name },
  })
  return created.ok ? created.value : undefined
}
