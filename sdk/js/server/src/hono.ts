/** Sign-in for Hono, on Node and Workers. */

import { isOnWorkers } from '@authly-server/core'
import type { Context, MiddlewareHandler } from 'hono'
import { env } from 'hono/adapter'
import { type AuthlyServer, createAuthlyServer, type SignInDemand } from './authly-server.ts'
import type { AuthlyServerOptions } from './configuration/options.ts'
import { setCookie } from './cookies/cookie-change.ts'
import { refuseUnlessSignedIn } from './require-sign-in.ts'
import type { Auth, SignedIn } from './session/session.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Set by `authly()`. */
    auth: Auth
    /** Set by `authly()`, for `requireSignIn()`. */
    authlyServer: AuthlyServer
  }
}

/** Options, or what makes them of the environment: on Workers bindings come with the request. */
export type HonoOptions = AuthlyServerOptions | ((environment: never) => AuthlyServerOptions)

/**
 * Serves `/auth/…` and sets `c.var.auth`.
 * @throws AuthlyError `invalid_configuration`, when the application starts if the environment is there by then
 */
export function authly(options: HonoOptions = {}): MiddlewareHandler {
  let server: AuthlyServer | undefined
  const create = (environment?: Record<string, string | undefined>) =>
    createAuthlyServer(typeof options === 'function' ? options(environment as never) : options, environment)
  if (typeof options !== 'function' && isProcess()) server = create()
  return async (c, next) => {
    server ??= create({ ...env<Record<string, string>>(c), ...(c.env as Record<string, string> | undefined) })
    const own = await server.handle(c.req.raw)
    if (own) return own
    let isAnswered = false
    const opened = await server.session(c.req.raw, { canSet: () => !isAnswered })
    c.set('auth', opened.auth)
    c.set('authlyServer', server)
    await next()
    isAnswered = true
    const { changes } = opened
    if (changes.length === 0) return
    for (const change of changes) c.header('set-cookie', setCookie(change, server.isSecure), { append: true })
    // No shared cache may keep it: it would hand the session to other people.
    c.header('cache-control', 'private, no-store')
  }
}

/** Who is not signed in, or not as strongly as demanded, is led to the sign-in; requests of scripts get 401. */
export const requireSignIn =
  (demand: SignInDemand = {}): MiddlewareHandler<{ Variables: { auth: SignedIn } }> =>
  async (c, next) => {
    const { auth, authlyServer } = (c as unknown as Context).var
    const refusal = refuseUnlessSignedIn(authlyServer, auth, c.req.raw, demand)
    if (refusal) return refusal
    return next()
  }

const isProcess = (): boolean =>
  !isOnWorkers() &&
  (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined
