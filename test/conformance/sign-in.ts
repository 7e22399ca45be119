/** A person at the hosted pages: signs in, agrees, and arrives back at the application. */
import type { SeededUser } from './seed.ts'
import type { Page, UserAgent } from './user-agent.ts'

export type SignInChoices = {
  readonly user: SeededUser
  /** What the person presses on the consent page. */
  readonly consent?: 'allow' | 'deny'
  /** For accounts whose password must be changed. */
  readonly newPassword?: string
  /** For accounts with an authenticator app: its code now. */
  readonly codeOf?: () => string
  /** Sees every hosted page on the way; of several steps of one path the first. */
  readonly onPage?: (page: Page) => void
}

const maxPages = 8

/**
 * Opens an authorization request and goes through whatever pages come.
 * @param redirectUri of the application; the URL returned starts with it and was not requested
 * @throws Error with the page's text when it is one a person cannot get past
 */
export async function signIn(
  agent: UserAgent,
  authorizationUrl: string | URL,
  redirectUri: string,
  choices: SignInChoices,
): Promise<URL> {
  const isCallback = (url: URL) => url.href.split(/[?#]/)[0] === redirectUri.split(/[?#]/)[0]
  let page = await agent.open(authorizationUrl, isCallback)
  let seen: string | undefined
  for (let count = 0; count < maxPages; count++) {
    if (page.location !== undefined) return page.location
    if (page.url.pathname !== seen) choices.onPage?.(page)
    seen = page.url.pathname
    page = await fillIn(agent, page, choices, isCallback)
  }
  throw new Error(`no way past ${page.url.pathname}: ${page.text}`)
}

async function fillIn(
  agent: UserAgent,
  page: Page,
  { user, consent = 'allow', newPassword = '', codeOf }: SignInChoices,
  isCallback: (url: URL) => boolean,
): Promise<Page> {
  const form = page.forms.find(({ method }) => method === 'post')
  if (page.status !== 200 || !form) throw new Error(`${page.status} ${page.url.pathname}: ${page.text}`)
  const typed: Record<string, string> = {}
  for (const name of form.namesOf('[autocomplete^=username]')) typed[name] = user.username
  for (const name of form.namesOf('[autocomplete=current-password]')) typed[name] = user.password
  for (const name of form.namesOf('[autocomplete=new-password]')) typed[name] = newPassword
  for (const name of form.namesOf('[autocomplete=one-time-code]')) typed[name] = codeOf?.() ?? ''
  const [only, ...others] = form.buttons
  const button =
    form.buttons.find(({ value }) => value === consent) ?? (others.length === 0 ? only : undefined)
  if (!button) throw new Error(`nothing to press on ${page.url.pathname}: ${page.text}`)
  if (button.name) typed[button.name] = button.value
  return agent.submit(page, form, typed, isCallback)
}
