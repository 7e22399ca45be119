/**
 * `session_state` (OpenID Connect Session Management 1.0 §2): a client keeps it and asks the frame of this server later
 * whether it still holds. A hash, so that it shows nothing of the browser; of the origin, so that no other page can ask
 * with it.
 */
import {
  type BrowserStateSettings,
  readBrowserState,
  setBrowserState,
} from '../../interaction/browser-state-cookie.ts'
import { sha256 } from '../../kit/hash.ts'
import { randomToken } from '../../kit/ids.ts'
import type { AuthorizeRequest } from './stages.ts'

/** `undefined` for an address without an origin, such as one of a private-use scheme: nothing there can ask. */
export async function sessionStateOf(
  clientId: string,
  redirectUri: string,
  browserState: string,
  salt: string = randomToken(),
): Promise<string | undefined> {
  const { origin } = new URL(redirectUri)
  if (origin === 'null') return undefined
  return `${await sha256([clientId, origin, browserState, salt].join(' '))}.${salt}`
}

interface AddedState {
  readonly parameters: { readonly session_state?: string }
  /** `Set-Cookie` values: of a browser that signed in before this was switched on. */
  readonly cookies: readonly string[]
}

/** What the response to a sign-in gets. */
export async function addSessionState(
  settings: BrowserStateSettings,
  { client, target }: Pick<AuthorizeRequest, 'client' | 'target'>,
  cookieHeader: string | undefined,
): Promise<AddedState> {
  const known = readBrowserState(settings, cookieHeader)
  const state = known ?? randomToken()
  const session_state = await sessionStateOf(client.client_id, target.redirect_uri, state)
  return {
    parameters: session_state === undefined ? {} : { session_state },
    cookies: known === undefined ? [setBrowserState(settings, state)] : [],
  }
}
