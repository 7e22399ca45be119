import { json, redirect } from '../answers.ts'
import { applyChanges } from '../cookies/cookie-change.ts'
import { isSameOrigin } from '../same-origin.ts'
import type { SessionData } from '../session/session-data.ts'
import type { Route, RouteNeeds } from './route.ts'

/**
 * `POST /auth/logout`: out of this application at once, and out of Authly by way of the browser (OpenID Connect
 * RP-Initiated Logout 1.0 §2). Only pages of the application may ask for it.
 */
export const logout: Route = {
  path: 'logout',
  method: 'POST',
  serve: async (needs, request, cookies) => {
    const { baseUrl } = needs.configuration
    if (!isSameOrigin(request.headers, baseUrl.origin))
      return json(403, {
        error: 'cross_origin',
        error_description: 'sign out with a form of the application',
      })
    const session = await needs.keeper.read(cookies)
    const changes = await needs.keeper.remove(cookies)
    if (session) await forget(needs, session)
    const location = await leave(needs, session)
    // A script cannot follow a redirect to another origin; it goes there by itself.
    if (request.headers.get('accept') !== 'application/json')
      return redirect(location, changes, baseUrl.isSecure)
    const answer = json(200, { location })
    applyChanges(answer.headers, changes, baseUrl.isSecure)
    return answer
  },
}

/** A copy of the cookie is worth nothing afterwards, here or at Authly. */
async function forget({ ended, provider }: RouteNeeds, session: SessionData): Promise<void> {
  const { sid } = session.user
  if (sid !== undefined) await ended.end({ sid }, Date.now())
  if (session.refreshToken === undefined) return
  // Without Authly the person is signed out here all the same.
  await provider.revoke(session.refreshToken).catch(() => undefined)
}

/** Where the browser goes: to Authly if it can be reached. */
async function leave(
  { configuration, provider }: RouteNeeds,
  session: SessionData | undefined,
): Promise<string> {
  const { afterSignOut, baseUrl, clientId } = configuration
  const home = baseUrl.origin + baseUrl.path + afterSignOut
  const endpoint = await provider.metadata().then(
    (metadata) => metadata.end_session_endpoint,
    () => undefined,
  )
  if (endpoint === undefined) return home
  const parameters = new URLSearchParams({ client_id: clientId, post_logout_redirect_uri: home })
  // It names the session, so that Authly need not ask; it opens nothing.
  const { idToken } = session ?? {}
  const sealed = idToken === undefined ? undefined : await provider.sealSignOut(endpoint, parameters, idToken)
  if (sealed !== undefined) return sealed
  const url = new URL(endpoint)
  for (const [name, value] of parameters) url.searchParams.set(name, value)
  return url.href
}
