/** Reads what a request to `/register` says about the account that is being made. */
import type { Context } from 'hono'
import { nextPathOf } from '../authentication/fresh-sign-in.ts'
import type { Client } from '../clients/client.ts'
import type { AppEnv } from '../dependencies.ts'
import { readBrowserBindings } from '../interaction/browser-binding.ts'
import { registerPath } from '../interaction/register-path.ts'
import { uuidv7 } from '../kit/ids.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { loginPath } from '../login/steps/step-form.tsx'
import { renderErrorPage } from '../pages/error-page.tsx'
import { type LoadedInteraction, loadInteraction } from '../pages/load-interaction.ts'
import { type FormPage, openFormPage, withScript } from '../pages/page.ts'
import { isRegistrationOpen } from '../settings/registration-opening.ts'
import type { Settings } from '../settings/settings.ts'
import {
  openRegistrationProgress,
  type RegistrationProgress,
  registrationLifetimeMs,
} from './registration-progress.ts'

export interface OpenRegistration {
  readonly page: FormPage
  readonly loaded: LoadedInteraction | undefined
  readonly client: Client | undefined
  readonly settings: Settings
  readonly progress: RegistrationProgress
}

/** By name: of the query, or of the form. */
type ReadParameter = (name: string) => string | undefined

/** The registration so far, or the page that says why it cannot go on. No I/O but what every page reads. */
export async function openRegistration(
  c: Context<AppEnv>,
  read: ReadParameter,
): Promise<Result<OpenRegistration, Response>> {
  const loaded = await loadInteraction(c, read('interaction'))
  if (!loaded.ok) return loaded
  const { deps } = c.env
  const [page, settings, client] = await Promise.all([
    openFormPage(c, loaded.value?.interaction.ui_locales),
    deps.readSettings(),
    loaded.value && deps.findClient(loaded.value.interaction.client_id),
  ])
  if (!isRegistrationOpen(settings, deps.config.delivery.email !== undefined, client)) {
    return err(await showClosed(c, loaded.value))
  }
  const progress = await readProgress(c, read, page, loaded.value)
  if (!progress) return err(await showLost(c, read, loaded.value))
  return ok({ page: withScript(page), loaded: loaded.value, client, settings, progress })
}

/** Undefined: expired, of another browser, of another authorization request, or damaged. */
async function readProgress(
  c: Context<AppEnv>,
  read: ReadParameter,
  { browser }: FormPage,
  loaded: LoadedInteraction | undefined,
): Promise<RegistrationProgress | undefined> {
  const { config, root, now } = c.env.deps
  const interaction = loaded?.interaction.id
  const expires_at = now() + registrationLifetimeMs
  const sealed = read('sign_up')
  if (sealed === undefined) {
    const email = loaded?.interaction.login_hint ?? ''
    return { browser, expires_at, interaction, next: nextPathOf(read('next')), user_id: uuidv7(now()), email }
  }
  const cookies = readBrowserBindings(config, c.req.header('cookie'))
  const opened = await openRegistrationProgress(root, sealed, cookies, now())
  if (opened.status !== 'open' || opened.state.interaction !== interaction) return undefined
  // Attack: who leaves a company, or had a mailbox for an hour, keeps a tab open and makes the account a year later.
  return opened.state.proven ? opened.state : { ...opened.state, expires_at }
}

const showClosed = (c: Context<AppEnv>, loaded: LoadedInteraction | undefined): Promise<Response> =>
  renderErrorPage(c, {
    status: 403,
    title: ({ registration }) => registration.closedTitle,
    message: ({ registration }) => registration.closed,
    waysOn: (messages) => [
      { href: loginPath({ interaction: loaded?.sealed }), label: messages.signInAction },
    ],
    uiLocales: loaded?.interaction.ui_locales,
  })

const showLost = (
  c: Context<AppEnv>,
  read: ReadParameter,
  loaded: LoadedInteraction | undefined,
): Promise<Response> =>
  renderErrorPage(c, {
    status: 400,
    title: ({ registration }) => registration.expiredTitle,
    message: ({ registration }) => registration.expired,
    waysOn: (messages) => [
      {
        href: registerPath(loaded?.sealed, nextPathOf(read('next'))),
        label: messages.startAgain,
      },
    ],
    uiLocales: loaded?.interaction.ui_locales,
  })
