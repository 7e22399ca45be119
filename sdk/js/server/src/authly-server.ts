import { AuthlyError } from '@authly-server/core'
import { errorPage, json } from './answers.ts'
import { configure } from './configuration/configuration.ts'
import type { Environment } from './configuration/environment.ts'
import type { AuthlyServerOptions } from './configuration/options.ts'
import { applyChanges, type CookieChange } from './cookies/cookie-change.ts'
import { readCookies } from './cookies/request-cookies.ts'
import { createSealer } from './cookies/seal.ts'
import { createProvider } from './provider/provider.ts'
import { routes } from './routes/index.ts'
import type { RouteNeeds } from './routes/route.ts'
import { createTransactions } from './routes/transactions.ts'
import { createEndedSessions } from './session/ended-sessions.ts'
import { type CookieSink, openSession, type SessionNeeds } from './session/open-session.ts'
import { createRenew } from './session/renew.ts'
import type { Auth, Session } from './session/session.ts'
import { cookieKeeper, storeKeeper } from './session/session-keeper.ts'
import { processMemory } from './session/store.ts'

/** The session of one request. */
export interface RequestSession {
  readonly auth: Auth
  readonly session: Session | undefined
  /** `Set-Cookie` and what goes with it. Read it when the application is done: tokens may be renewed until then. */
  readonly headers: Headers
  readonly changes: readonly CookieChange[]
}

export interface AuthlyServer {
  /** The answer to a request for one of the paths of this package; undefined for every other one. */
  readonly handle: (request: Request) => Promise<Response | undefined>
  /** Whether `handle` has an answer. */
  readonly isOwn: (request: Pick<Request, 'url'>) => boolean
  readonly session: (request: Pick<Request, 'headers'>, sink?: CookieSink) => Promise<RequestSession>
  /** The whole of it for a handler of requests: own paths, session, cookies of the answer. */
  readonly respond: (
    request: Request,
    handler: (auth: Auth) => Response | Promise<Response>,
  ) => Promise<Response>
  /** The path that signs in and leads back to `returnTo`. */
  readonly loginPath: (returnTo?: string, demand?: SignInDemand) => string
  readonly isSecure: boolean
}

/** How strong, and how recent, the sign-in must be (OpenID Connect Core §3.1.2.1). */
export interface SignInDemand {
  readonly acrValues?: readonly string[]
  /** Seconds. */
  readonly maxAge?: number
}

/**
 * Sign-in for an application with a server.
 * @param environment default: the variables of this process
 * @throws AuthlyError `invalid_configuration`
 */
export function createAuthlyServer(
  options: AuthlyServerOptions = {},
  environment?: Environment,
): AuthlyServer {
  const configuration = configure(options, environment)
  const { baseUrl, clientId, cookieNames, issuer, lifetime, paths, resources, store } = configuration
  const sealer = createSealer(configuration.secrets, JSON.stringify([issuer, clientId]))
  const provider = createProvider(configuration)
  const ended = createEndedSessions(
    configuration.endedSessions ?? processMemory(),
    [issuer, clientId],
    lifetime.absoluteSeconds,
  )
  const kept = { sealer, lifetime, cookieName: cookieNames.session }
  const keeper = store ? storeKeeper(kept, store) : cookieKeeper(kept)
  const sessions: SessionNeeds = {
    ...{ keeper, ended, lifetime, issuer, fetch: configuration.plainFetch },
    renew: createRenew(provider, clientId),
    resources: resources.length > 0 ? resources : [undefined],
  }
  const refuse: RouteNeeds['refuse'] = async (error, request) => {
    if (!(error instanceof AuthlyError)) throw error
    return configuration.onError
      ? new Response(...copied(await configuration.onError(error, request)))
      : errorPage(error, `${baseUrl.path}/`)
  }
  const transactions = createTransactions(sealer, cookieNames)
  const needs: RouteNeeds = { configuration, provider, transactions, keeper, ended, sessions, refuse }

  const routeOf = (request: Pick<Request, 'url'>) => {
    const { pathname } = new URL(request.url)
    return routes.find(({ path }) => [paths[path], baseUrl.path + paths[path]].includes(pathname))
  }

  const handle: AuthlyServer['handle'] = async (request) => {
    const route = routeOf(request)
    if (!route) return undefined
    if (request.method !== route.method)
      return json(405, { error: 'invalid_request' }, { allow: route.method })
    try {
      return await route.serve(needs, request, readCookies(request.headers.get('cookie')))
    } catch (error) {
      return refuse(error, request)
    }
  }

  const session: AuthlyServer['session'] = async (request, sink = {}) => {
    // The answer that opens a WebSocket sets no cookies.
    const upgrades = request.headers.has('upgrade')
    const canSet = () => !upgrades && (sink.canSet?.() ?? true)
    const cookies = readCookies(request.headers.get('cookie'))
    const opened = await openSession(sessions, cookies, { ...sink, canSet })
    const { auth } = opened
    return {
      auth,
      session: auth.isSignedIn ? auth : undefined,
      get changes() {
        return opened.changes()
      },
      get headers() {
        const headers = new Headers()
        applyChanges(headers, opened.changes(), baseUrl.isSecure)
        return headers
      },
    }
  }

  return {
    ...{ handle, session, isSecure: baseUrl.isSecure, isOwn: (request) => routeOf(request) !== undefined },
    respond: async (request, handler) => {
      const own = await handle(request)
      if (own) return own
      let isAnswered = false
      const opened = await session(request, { canSet: () => !isAnswered })
      const answer = await handler(opened.auth)
      isAnswered = true
      if (opened.changes.length === 0) return answer
      const response = new Response(...copied(answer))
      applyChanges(response.headers, opened.changes, baseUrl.isSecure)
      return response
    },
    loginPath: (returnTo, { acrValues, maxAge } = {}) => {
      const query = new URLSearchParams()
      if (returnTo !== undefined) query.set('returnTo', returnTo)
      if (acrValues) query.set('acr_values', acrValues.join(' '))
      if (maxAge !== undefined) query.set('max_age', String(maxAge))
      const path = baseUrl.path + paths.login
      return query.size > 0 ? `${path}?${query}` : path
    },
  }
}

/** Headers of an answer of somebody else, such as of a redirect or of `fetch`, may be immutable. */
const copied = (response: Response) => [response.body, response] as const
