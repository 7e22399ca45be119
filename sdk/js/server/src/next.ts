/** Sign-in for Next.js with the App Router. */
import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { NextResponse } from 'next/server'
import { type AuthlyServer, createAuthlyServer, type SignInDemand } from './authly-server.ts'
import type { AuthlyServerOptions } from './configuration/options.ts'
import { applyChanges, applyToRequest, type CookieChange, cookieAttributes } from './cookies/cookie-change.ts'
import { meets, refuseUnlessSignedIn } from './require-sign-in.ts'
import type { Auth, SignedIn } from './session/session.ts'

export interface AuthlyNext {
  /** For `app/auth/[...authly]/route.ts`. */
  readonly handlers: {
    readonly GET: (request: Request) => Promise<Response>
    readonly POST: (request: Request) => Promise<Response>
  }
  /**
   * For `proxy.ts` (Next.js 16) or, as `middleware`, `middleware.ts`. It renews the session before a page is rendered,
   * because server components cannot set cookies.
   * @param decide may answer instead of the page
   */
  readonly proxy: (request: Request, decide?: Decide) => Promise<Response>
  /** In server components, route handlers and server actions. */
  readonly auth: () => Promise<Auth>
  /** The same where only who is signed in may be: everybody else is led to the sign-in and back. */
  readonly requireSignIn: (demand?: SignInDemand & { readonly returnTo?: string }) => Promise<SignedIn>
  /** For `proxy`: the answer to who is not signed in, or not as strongly as demanded. */
  readonly refuse: (auth: Auth, request: Request, demand?: SignInDemand) => Response | undefined
}

export type Decide = (auth: Auth, request: Request) => Response | undefined | Promise<Response | undefined>

/** By it the proxy tells server components where they are: they cannot find out themselves. */
const pathHeader = 'x-authly-path'

/** The configuration is read with the first request: `next build` loads this module without the secrets. */
export function createAuthlyNext(options: AuthlyServerOptions = {}): AuthlyNext {
  let created: AuthlyServer | undefined
  const server = () => {
    created ??= createAuthlyServer(options)
    return created
  }
  const serve = async (request: Request): Promise<Response> =>
    (await server().handle(request)) ?? new Response('Not found', { status: 404 })

  const proxy: AuthlyNext['proxy'] = async (request, decide) => {
    if (server().isOwn(request)) return NextResponse.next()
    const opened = await server().session(request)
    const decided = await decide?.(opened.auth, request)
    const answer = decided ? new Response(decided.body, decided) : goOn(request, opened.changes)
    applyChanges(answer.headers, opened.changes, server().isSecure)
    return answer
  }

  const auth: AuthlyNext['auth'] = async () => {
    const jar = await cookies()
    const header = jar.getAll().map(({ name, value }) => `${name}=${value}`)
    const request = { headers: new Headers({ cookie: header.join('; ') }) }
    const { isSecure } = server()
    const opened = await server().session(request, {
      canSet: () => canSet(jar),
      set: (changes) => {
        for (const { name, value = '', maxAgeSeconds: maxAge } of changes)
          jar.set(name, value, { ...cookieAttributes(isSecure), maxAge })
      },
    })
    return opened.auth
  }

  return {
    ...{ handlers: { GET: serve, POST: serve }, proxy, auth },
    refuse: (known, request, demand) => refuseUnlessSignedIn(server(), known, request, demand),
    requireSignIn: async ({ returnTo, ...demand } = {}) => {
      const known = await auth()
      const here = returnTo ?? (await headers()).get(pathHeader) ?? '/'
      if (known.isSignedIn && meets(known, demand)) return known
      return redirect(server().loginPath(here, demand))
    },
  }
}

/** On to the page, as if the browser had sent what it is about to get. */
function goOn(request: Request, changes: readonly CookieChange[]): Response {
  const headers = new Headers(request.headers)
  headers.set('cookie', applyToRequest(headers.get('cookie'), changes))
  const { pathname, searchParams } = new URL(request.url)
  // Of Next.js itself, for parts of pages.
  searchParams.delete('_rsc')
  headers.set(pathHeader, searchParams.size > 0 ? `${pathname}?${searchParams}` : pathname)
  return NextResponse.next({ request: { headers } })
}

/** Next.js tells where cookies can be set by throwing where they cannot, so one that nobody has is removed. */
function canSet(jar: Awaited<ReturnType<typeof cookies>>): boolean {
  try {
    jar.delete('authly-none')
    return true
  } catch {
    return false
  }
}
