/** An application with the SDK, and browsers that visit it. */
import { randomBytes } from 'node:crypto'
import {
  type Auth,
  type AuthlyServer,
  type AuthlyServerOptions,
  createAuthlyServer,
} from '@authly-server/server'
import { client, type Issuer, issuerUrl } from './issuer.ts'

export const origin = 'https://app.example'
export const newSecret = (): string => randomBytes(32).toString('base64url')
export const sessionSecret = newSecret()

export const createApplication = (issuer: Issuer, options: Partial<AuthlyServerOptions> = {}): AuthlyServer =>
  createAuthlyServer(
    { ...client, issuer: issuerUrl, baseUrl: origin, sessionSecret, fetch: issuer.fetch, ...options },
    {},
  )

/** Keeps cookies as a browser does, and says of requests what a browser says. */
export function createBrowser(authly: AuthlyServer, jar = new Map<string, string>()) {
  const take = (response: Pick<Response, 'headers'>) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
      if (/; Max-Age=0(;|$)/.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
  }
  const request = (path: string | URL, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    if (cookie) headers.set('cookie', cookie)
    return new Request(new URL(path, origin), { ...init, headers })
  }
  /** Opens a page of the application; by default it shows who is signed in. */
  const open = async (
    path: string | URL,
    handler: (auth: Auth) => Response | Promise<Response> = (auth) => Response.json(auth.user ?? null),
    init?: RequestInit,
  ): Promise<Response> => {
    const response = await authly.respond(request(path, init), handler)
    take(response)
    return response
  }
  return {
    ...{ jar, request, open, take },
    /** To the sign-in, through it, and back; returns the answer of the callback. */
    signIn: async (issuer: Issuer, login = '/auth/login', sub = 'grace'): Promise<Response> => {
      const left = await open(login)
      const location = left.headers.get('location')
      if (location === null) return left
      return open(issuer.signIn(location, sub))
    },
    user: async (): Promise<Record<string, unknown> | null> => (await open('/')).json(),
    /** A form of the application. */
    post: (path: string, headers: Record<string, string> = { origin, 'sec-fetch-site': 'same-origin' }) =>
      open(path, undefined, { method: 'POST', headers }),
    token: async (options?: Parameters<Auth['accessToken']>[0]): Promise<string> =>
      (await open('/', async (auth) => new Response(await auth.accessToken(options)))).text(),
  }
}

/** Holds somebody up until it is opened. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open: () => open() }
}
