import { AuthlyError } from '@authly-server/core'

export interface AuthlyOptions {
  /** The server's address, as its discovery document says it. */
  readonly issuer: string
  readonly clientId: string
  /** Registered for the client. Default: `/callback` of the page's origin. */
  readonly redirectUri?: string
  /** Registered for the client. Default: `/` of the page's origin. */
  readonly postLogoutRedirectUri?: string
  /** Default: `openid profile email`. `offline_access` keeps the session when the person signs out of the server. */
  readonly scope?: string
  /** The APIs that tokens are for (RFC 8707). Each gets tokens of its own; the first is the default. */
  readonly resource?: string | readonly string[]
  /** Tokens of use in this browser only (RFC 9449). Default: true; the server demands it of public clients. */
  readonly dpop?: boolean
  /** `session`: survives reloads, one for all tabs. `memory`: of this page, until it is left. Default: `session`. */
  readonly storage?: 'session' | 'memory'
  /** Origins that `fetch` sends tokens to. Default: the page's own, the issuer's and those of `resource`. */
  readonly allowedOrigins?: readonly string[]
  /** Shows another path of the application after a sign-in. Default: `history.replaceState` and a `popstate` event. */
  readonly navigate?: (path: string) => void
  /** Seconds in which the server answers a refresh again. Default 30, as the server's. */
  readonly replayWindowSeconds?: number
}

/** Options with their defaults, which need a page and are therefore read late. */
export interface Settings {
  readonly issuer: string
  readonly clientId: string
  readonly redirectUri: string
  readonly postLogoutRedirectUri: string
  readonly scope: string
  readonly resources: readonly string[]
  readonly dpop: boolean
  readonly storage: 'session' | 'memory'
  readonly allowedOrigins: ReadonlySet<string>
  readonly navigate: (path: string) => void
  readonly replayWindowMs: number
  /** Tells what this browser keeps for this client from what it keeps for others. */
  readonly name: string
}

export function settingsOf(options: AuthlyOptions): Settings {
  const { issuer, clientId, resource = [], replayWindowSeconds = 30 } = options
  const resources = [resource].flat()
  const { origin } = location
  const redirectUri = new URL(options.redirectUri ?? '/callback', origin)
  // What the callback needs is kept by origin: localhost and 127.0.0.1 are two.
  if (redirectUri.origin !== origin)
    throw new AuthlyError('state_mismatch', { description: `redirectUri is not on this page's ${origin}` })
  return {
    issuer,
    clientId,
    redirectUri: redirectUri.href,
    postLogoutRedirectUri: new URL(options.postLogoutRedirectUri ?? '/', origin).href,
    scope: options.scope ?? 'openid profile email',
    resources,
    dpop: options.dpop ?? true,
    storage: options.storage ?? 'session',
    allowedOrigins: new Set([
      ...(options.allowedOrigins ?? [origin, issuer, ...resources]).flatMap((address) =>
        URL.canParse(address) ? [new URL(address).origin] : [],
      ),
    ]),
    navigate: options.navigate ?? showPath,
    replayWindowMs: replayWindowSeconds * 1000,
    name: `authly:${issuer}:${clientId}`,
  }
}

/** Most routers listen to `popstate`; none hears of `replaceState`. */
function showPath(path: string): void {
  history.replaceState(null, '', path)
  dispatchEvent(new PopStateEvent('popstate', { state: null }))
}
