import { randomToken, safeReturnTo } from '@authly-server/core'
import type { Settings } from './options.ts'
import type { Server } from './server.ts'
import type { SessionKeeper } from './session-keeper.ts'

export interface SignOutOptions {
  /** A path of this application, shown afterwards. Default: that of `postLogoutRedirectUri`. */
  readonly returnTo?: string
  /**
   * Also ends the session at the server, and with it those of all applications in this browser, for which the page is
   * left. Without, only this application forgets the person. Default: true.
   */
  readonly everywhere?: boolean
}

/** Forgets the session in all tabs at once; what the server then does may fail without anybody staying signed in. */
export async function signOut(
  settings: Settings,
  server: Server,
  keeper: SessionKeeper,
  { returnTo, everywhere = true }: SignOutOptions,
): Promise<void> {
  const path = returnTo === undefined ? undefined : safeReturnTo(returnTo, location.origin)
  const session = await keeper.end('signed_out')
  const revoked = server.revoke(session?.refreshToken)
  const endpoint = everywhere
    ? await server.metadata().then(
        (metadata) => metadata.end_session_endpoint,
        () => undefined,
      )
    : undefined
  await revoked
  if (endpoint === undefined) {
    if (path !== undefined) settings.navigate(path)
    return
  }
  const state = path === undefined ? undefined : rememberPath(settings, path)
  leaveByForm(endpoint, {
    client_id: settings.clientId,
    id_token_hint: session?.idToken,
    post_logout_redirect_uri: settings.postLogoutRedirectUri,
    state,
  })
}

/** By POST: an ID token in an address would be in histories and logs. */
function leaveByForm(action: string, fields: Readonly<Record<string, string | undefined>>): void {
  const form = document.createElement('form')
  Object.assign(form, { method: 'post', action, hidden: true })
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) {
      const input = document.createElement('input')
      Object.assign(input, { type: 'hidden', name, value })
      form.append(input)
    }
  // Where the page's policy forbids the form, without the hint: the server then asks the person.
  const { id_token_hint: _, ...rest } = fields
  const onViolation = ({ effectiveDirective }: SecurityPolicyViolationEvent) => {
    if (effectiveDirective !== 'form-action') return
    const url = new URL(action)
    for (const [name, value] of Object.entries(rest))
      if (value !== undefined) url.searchParams.set(name, value)
    location.assign(url)
  }
  document.addEventListener('securitypolicyviolation', onViolation, { once: true })
  document.body.append(form)
  form.submit()
  form.remove()
}

const keyOf = ({ name }: Settings, state: string) => `${name}:signed-out:${state}`

function rememberPath(settings: Settings, path: string): string | undefined {
  const state = randomToken()
  try {
    sessionStorage.setItem(keyOf(settings, state), path)
    return state
  } catch {
    return undefined
  }
}

/** The path that was to be shown after a sign-out from which the browser comes back. */
export function takePathAfterSignOut(settings: Settings): string | undefined {
  const { href, search } = location
  const state = new URLSearchParams(search).get('state')
  if (state === null || href.split(/[?#]/)[0] !== settings.postLogoutRedirectUri) return undefined
  try {
    const path = sessionStorage.getItem(keyOf(settings, state))
    sessionStorage.removeItem(keyOf(settings, state))
    return path ?? undefined
  } catch {
    return undefined
  }
}
