/**
 * The only way this server fetches URLs chosen by others (`jwks_uri`, sector identifiers, metadata documents,
 * `backchannel_logout_uri`, webhooks).
 * Prevents server-side request forgery: https only, no private or reserved address in any notation, no
 * credentials, no redirects, limited in size and time. Names that resolve to a private address are blocked by the
 * platform: Workers cannot reach private networks, and `workerd` allows only public ones.
 */
import { isLoopbackHost, isPublicHost } from './public-host.ts'
import { readBytes } from './read-body.ts'
import { err, ok, type Result } from './result.ts'

export type FetchRefusal =
  | { readonly kind: 'address_refused'; readonly detail: string }
  | { readonly kind: 'redirect_refused' }
  | { readonly kind: 'bad_status'; readonly status: number }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'unreachable'; readonly detail: string }

export interface FetchRules {
  /** For development and tests: also allows loopback addresses, over http or https. */
  readonly allowLoopbackFetch: boolean
  /** `host:port` of public https servers on ports other than 443. */
  readonly fetchHosts: ReadonlySet<string>
}

export type GuardedFetch = (url: string) => Promise<Result<string, FetchRefusal>>

export interface FetchLimits {
  readonly maxBytes: number
  readonly timeoutMilliseconds: number
}

type Send = (url: string, init: RequestInit) => Promise<Response>

/** Ending a person's sessions is more work than reading a file. */
const postTimeoutMilliseconds = 5000
const defaultLimits: FetchLimits = { maxBytes: 64 * 1024, timeoutMilliseconds: 3000 }
const maxUrlLength = 2048
/** `ignoreBOM: false` drops a byte-order mark, which JSON does not allow. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/**
 * Builds the guarded fetch: `GET url` as text, at most 64 KiB in 3 s unless limited otherwise, only from a public
 * https address.
 * @param send `fetch`, or the observed one
 */
export function createGuardedFetch(
  rules: FetchRules,
  send: Send,
  { maxBytes, timeoutMilliseconds }: FetchLimits = defaultLimits,
  headers: Readonly<Record<string, string>> = { accept: 'application/json' },
): GuardedFetch {
  return (address) =>
    ask(address, { rules, send, timeoutMilliseconds }, { headers }, [200], async (response) => {
      const bytes = await readBytes(response.body, maxBytes)
      return bytes ? ok(decoder.decode(bytes)) : err({ kind: 'too_large' })
    })
}

/** Posts a form to an address that others chose; ok when it was taken: 200 or 204. Nobody reads the answer. */
export type GuardedPost = (url: string, form: URLSearchParams) => Promise<Result<undefined, FetchRefusal>>

/** Builds the guarded post, by the same rules. @param send `fetch`, or the observed one */
export const createGuardedPost =
  (rules: FetchRules, send: Send, timeoutMilliseconds = postTimeoutMilliseconds): GuardedPost =>
  (address, form) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'cache-control': 'no-store' }
    const request = { method: 'POST', body: form.toString(), headers }
    return ask(address, { rules, send, timeoutMilliseconds }, request, [200, 204], async (response) => {
      // Attack: an answer without end.
      await response.body?.cancel()
      return ok(undefined)
    })
  }

/** The answer to something posted to an address that others chose. Nobody reads its body. */
export interface GuardedAnswer {
  readonly status: number
  /** The header `Retry-After`. */
  readonly retryAfter: string | null
}

export interface GuardedMessage {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** Posts a message to an address that others chose; ok whatever the status, unless it is a redirect. */
export type GuardedSend = (
  url: string,
  message: GuardedMessage,
) => Promise<Result<GuardedAnswer, FetchRefusal>>

/** Builds it, by the same rules. @param send `fetch`, or the observed one */
export const createGuardedSend =
  (rules: FetchRules, send: Send, timeoutMilliseconds: number): GuardedSend =>
  (address, message) =>
    ask(
      address,
      { rules, send, timeoutMilliseconds },
      { ...message, method: 'POST' },
      'any',
      async (response) => {
        // Attack: an answer without end.
        await response.body?.cancel()
        return ok({ status: response.status, retryAfter: response.headers.get('retry-after') })
      },
    )

interface Means {
  readonly rules: FetchRules
  readonly send: Send
  readonly timeoutMilliseconds: number
}

async function ask<T>(
  address: string,
  { rules, send, timeoutMilliseconds }: Means,
  request: RequestInit & { readonly headers: Readonly<Record<string, string>> },
  accepted: readonly number[] | 'any',
  read: (response: Response) => Promise<Result<T, FetchRefusal>>,
): Promise<Result<T, FetchRefusal>> {
  const url = checkAddress(address, rules)
  if (!url.ok) return url
  try {
    const response = await send(url.value, {
      ...request,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMilliseconds),
      headers: { ...request.headers, 'user-agent': 'Authly' },
    })
    // Status 0 is how Node reports a redirect that was not followed.
    const redirect = response.status === 0 || (response.status >= 300 && response.status < 400)
    if (accepted === 'any' ? !redirect : accepted.includes(response.status)) return await read(response)
    await response.body?.cancel()
    return err(redirect ? { kind: 'redirect_refused' } : { kind: 'bad_status', status: response.status })
  } catch (failure) {
    return err({ kind: 'unreachable', detail: (failure as Error).name })
  }
}

/** The URL if fetching it is allowed; also used when a URL is registered. */
export function checkAddress(address: string, rules: FetchRules): Result<string, FetchRefusal> {
  const refuse = (detail: string) => err({ kind: 'address_refused', detail } as const)
  if (address.length > maxUrlLength || !URL.canParse(address)) return refuse('not a URL')
  // The parser normalises the host: decimal, octal and hexadecimal IPv4, full-width digits, mixed case.
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') return refuse('credentials in the URL')
  if (rules.allowLoopbackFetch && isLoopbackHost(url.hostname) && /^https?:$/.test(url.protocol)) {
    return ok(url.href)
  }
  if (url.protocol !== 'https:') return refuse('not https')
  // Attack: a port scan, or a request to something other than a web server, in our name.
  if (url.port !== '' && !rules.fetchHosts.has(url.host)) {
    return refuse('a port other than 443, which AUTHLY_FETCH_HOSTS does not list')
  }
  if (!isPublicHost(url.hostname)) return refuse('not a public host')
  return ok(url.href)
}
