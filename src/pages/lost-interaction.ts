/** A login in progress that cannot go on here: what happened, and where the person goes from there. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { readBrowserBindings } from '../interaction/browser-binding.ts'
import { type Interaction, type OpenedInteraction, redirectUriOf } from '../interaction/interaction.ts'
import type { Messages } from '../messages/en.ts'
import { isolated } from '../messages/isolated.ts'
import { applicationHome } from './application-home.ts'
import { renderErrorPage, toAccount, type WayOn } from './error-page.tsx'

/** The page for an interaction that does not open. Each advice on it helps where it is given. */
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
    waysOn: (messages) => [startAgain(messages, interaction), ...toHome(messages, home)],
    uiLocales: interaction.ui_locales,
  })
}

/**
 * Nothing of the request is shown or goes on: whoever stole the link would else get an answer that fits the
 * state and PKCE challenge of its owner (OAuth session fixation). The application can begin anew.
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

/** The page for an interaction that led to a code already: the back button, or a link out of the history. */
export async function showFinished(c: Context<AppEnv>, interaction: Interaction): Promise<Response> {
  const home = await findHome(c, interaction.client_id, redirectUriOf(interaction))
  return renderErrorPage(c, {
    status: 400,
    title: (messages) => messages.signInFinishedTitle,
    message: (messages) => messages.signInFinished(isolated(home?.name ?? interaction.client_id)),
    waysOn: (messages) => [startAgain(messages, interaction), ...toHome(messages, home), toAccount(messages)],
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
  return client && { name: client.client_name, address: applicationHome(client, redirectUri) }
}

const toHome = (messages: Messages, home: Home | undefined): readonly WayOn[] =>
  home?.address === undefined
    ? []
    : [{ href: home.address, label: messages.backTo(isolated(home.name), new URL(home.address).host) }]

/** The same request from the beginning. */
const startAgain = (messages: Messages, { parameters }: Interaction): WayOn => ({
  href: `/oauth/authorize?${parameters}`,
  label: messages.startAgain,
})

/** As people see it in the address bar, for the settings of their browser. */
export const hostOf = (c: Context<AppEnv>): string => isolated(new URL(c.env.config.issuer).host)
