import { json, redirect } from './answers.ts'
import type { AuthlyServer, SignInDemand } from './authly-server.ts'
import type { Auth, SignedIn } from './session/session.ts'

/**
 * The answer to who may not go on: a browser that opens a page is led to the sign-in and back, everybody else gets 401.
 * @returns undefined when the demand is met
 */
export function refuseUnlessSignedIn(
  authly: Pick<AuthlyServer, 'loginPath' | 'isSecure'>,
  auth: Auth,
  request: Pick<Request, 'url' | 'method' | 'headers'>,
  demand: SignInDemand = {},
): Response | undefined {
  const isMet = auth.isSignedIn && meets(auth, demand)
  if (isMet) return undefined
  const { pathname, search } = new URL(request.url)
  const login = authly.loginPath(pathname + search, demand)
  if (opensPage(request)) return redirect(login, [], authly.isSecure)
  const error = auth.isSignedIn ? 'insufficient_user_authentication' : 'signed_out'
  return json(401, { error, login: authly.loginPath(undefined, demand) })
}

/** Whether a sign-in was strong, and is recent, enough. */
export function meets({ user }: SignedIn, { acrValues, maxAge }: SignInDemand): boolean {
  if (acrValues && !acrValues.includes(user.acr ?? '')) return false
  return maxAge === undefined || Date.now() / 1000 - (user.auth_time ?? 0) <= maxAge
}

function opensPage({ method, headers }: Pick<Request, 'method' | 'headers'>): boolean {
  if (method !== 'GET') return false
  const mode = headers.get('sec-fetch-mode')
  return mode === null ? (headers.get('accept') ?? '').includes('text/html') : mode === 'navigate'
}
