/** Pages for interactions that cannot continue here: what happened, and how to go on. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { readBrowserBindings } from '../interaction/browser-binding.ts'
import { type Interaction, type OpenedInteraction, redirectUriOf } from '../interaction/interaction.ts'
import type { Messages } from '../messages/en.ts'
import { isolated } from '../messages/isolated.ts'
import { applicationHome } from './application-home.ts'
import { shownName } from './client-name.ts'
import { renderErrorPage, toAccount, type WayOn } from './error-page.tsx'

/** The page for an interaction that cannot be opened, with advice that fits the reason. */
export function showLostInteraction(
  c: Context<AppEnv>,
  opened: Exclude<OpenedInteraction, { status: 'open' }>,
  status: 400 | 403 = 400,
): Promise<Response> {
  switch (opened.status) {
    case 'expired':
      return showExpired(c, opened.interaction, status)
    case 'foreign':
      return showForeign(c, opened, status)
    case 'unreadable':
      return renderErrorPage(c, { status, message: (messages) => messages.signInUnreadable })
  }
}

async function showExpired(c: Context<AppEnv>, interaction: Interaction, status: number): Promise<Response> {
  const home = await findHome(c, interaction.client_id, redirectUriOf(interaction))
  return renderErrorPage(c, {
    status,
    title: (messages) => messages.signInExpiredTitle,
    message: (messages) => messages.signInExpired,
    waysOn: (messages) => [...startAgain(messages, interaction), ...toHome(messages, home)],
    uiLocales: interaction.ui_locales,
  })
}

/**
 * The page for another browser's interaction. Nothing of the request is shown or resumed: an attacker with a
 * stolen link would get a response that fits the state and PKCE challenge of its owner (OAuth session fixation).
 * The user can start again at the application.
 */
async function showForeign(
  c: Context<AppEnv>,
  { clientId, redirectUri }: Extract<OpenedInteraction, { status: 'foreign' }>,
  status: number,
): Promise<Response> {
  const home = await findHome(c, clientId, redirectUri)
  const sentCookies = readBrowserBindings(c.env.config, c.req.header('cookie')).length > 0
  return renderErrorPage(c, {
    status,
    message: (messages) => (sentCookies ? messages.signInForeign : messages.noCookie(hostOf(c))),
    waysOn: (messages) => [...toHome(messages, home), toAccount(messages)],
  })
}

/** The page for an interaction that has already led to a code: reached by the back button or from the history. */
export async function showFinished(c: Context<AppEnv>, interaction: Interaction): Promise<Response> {
  const home = await findHome(c, interaction.client_id, redirectUriOf(interaction))
  return renderErrorPage(c, {
    status: 400,
    title: (messages) => messages.signInFinishedTitle,
    message: (messages) => messages.signInFinished(isolated(home?.name ?? interaction.client_id)),
    waysOn: (messages) => [
      ...startAgain(messages, interaction),
      ...toHome(messages, home),
      toAccount(messages),
    ],
    uiLocales: interaction.ui_locales,
  })
}

interface Home {
  readonly name: string
  readonly address: string | undefined
}

async function findHome(
  c: Context<AppEnv>,
  clientId: string,
  redirectUri: string | undefined,
): Promise<Home | undefined> {
  const client = await c.env.deps.findClient(clientId)
  return client && { name: shownName(client, redirectUri), address: applicationHome(client, redirectUri) }
}

const toHome = (messages: Messages, home: Home | undefined): readonly WayOn[] =>
  home?.address === undefined
    ? []
    : [{ href: home.address, label: messages.backTo(isolated(home.name), new URL(home.address).host) }]

/** Link that sends the same authorization request again. Only the application can push or sign another one. */
const startAgain = (messages: Messages, { parameters, provenance }: Interaction): readonly WayOn[] =>
  provenance ? [] : [{ href: `/oauth/authorize?${parameters}`, label: messages.startAgain }]

/** The host as shown in the address bar, for the browser's cookie settings. */
export const hostOf = (c: Context<AppEnv>): string => isolated(new URL(c.env.config.issuer).host)
