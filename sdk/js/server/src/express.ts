/** Sign-in for Express 4 and 5. */
import type { Request as ExpressRequest, Response as ExpressResponse, RequestHandler } from 'express'
import { type AuthlyServer, createAuthlyServer, type SignInDemand } from './authly-server.ts'
import type { AuthlyServerOptions } from './configuration/options.ts'
import { setCookie } from './cookies/cookie-change.ts'
import { beforeHeaders } from './node/before-headers.ts'
import { sendResponse, toWebRequest } from './node/web-request.ts'
import { refuseUnlessSignedIn } from './require-sign-in.ts'
import type { Auth } from './session/session.ts'

declare global {
  namespace Express {
    interface Request {
      /** Set by `authly()`. */
      auth: Auth
    }
  }
}

/** By request, so that `requireSignIn()` needs no options of its own. */
const servers = new WeakMap<ExpressRequest, AuthlyServer>()

/**
 * Serves `/auth/…` and sets `req.auth`.
 * @throws AuthlyError `invalid_configuration`
 */
export function authly(options: AuthlyServerOptions = {}): RequestHandler {
  const server = createAuthlyServer(options)
  const serve = async (req: ExpressRequest, res: ExpressResponse): Promise<boolean> => {
    const request = toWebRequest(req)
    const own = await server.handle(request)
    if (own) {
      await sendResponse(res, own)
      return true
    }
    const opened = await server.session(request, { canSet: () => !res.headersSent })
    req.auth = opened.auth
    servers.set(req, server)
    beforeHeaders(res, () => {
      for (const change of opened.changes) res.appendHeader('set-cookie', setCookie(change, server.isSecure))
      // No shared cache may keep it: it would hand the session to other people.
      if (opened.changes.length > 0) res.setHeader('cache-control', 'private, no-store')
    })
    return false
  }
  // Express 4 does not wait for handlers, so that what they throw must be handed on.
  return (req, res, next) => {
    serve(req, res).then((isServed) => {
      if (!isServed) next()
    }, next)
  }
}

/** Who is not signed in, or not as strongly as demanded, is led to the sign-in; requests of scripts get 401. */
export const requireSignIn =
  (demand: SignInDemand = {}): RequestHandler =>
  (req, res, next) => {
    const server = servers.get(req)
    if (!server) return next(new Error('authly() must come before requireSignIn()'))
    const refusal = refuseUnlessSignedIn(server, req.auth, toWebRequest(req), demand)
    if (!refusal) return next()
    sendResponse(res, refusal).catch(next)
  }
