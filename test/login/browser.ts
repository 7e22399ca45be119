/** A browser for worker tests: cookies, forms, an address of its own; redirects are shown, not followed. */
import { SELF } from 'cloudflare:test'

export const issuer = 'https://auth.test'

export interface Shown {
  readonly status: number
  readonly headers: Headers
  readonly html: string
  /** Path and query of a redirect on this server, or the whole URL of one elsewhere. */
  readonly location: string | undefined
  /** Hidden fields of the page's first form. */
  readonly hidden: Readonly<Record<string, string>>
}

export interface Browser {
  readonly cookies: Map<string, string>
  get(path: string, headers?: Record<string, string>): Promise<Shown>
  /** Posts as the page's own form would; `headers` can lie. */
  post(
    path: string,
    fields: Record<string, string> | string,
    headers?: Record<string, string>,
  ): Promise<Shown>
  /** Follows redirects on this server, by GET. */
  follow(shown: Shown): Promise<Shown>
}

/** What browsers say they take when they open a page. */
const pageTypes = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

let browsers = 0

/** @param sendTo reaches a worker with other bindings */
export function openBrowser(
  address?: string,
  sendTo: (url: string, init: RequestInit) => Promise<Response> = (url, init) => SELF.fetch(url, init),
): Browser {
  browsers += 1
  const ip = address ?? `203.0.113.${browsers}`
  const cookies = new Map<string, string>()

  async function send(path: string, init: RequestInit, headers: Record<string, string>): Promise<Shown> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await sendTo(new URL(path, issuer).href, {
      ...init,
      headers: { accept: pageTypes, 'cf-connecting-ip': ip, ...(cookie ? { cookie } : {}), ...headers },
      redirect: 'manual',
    })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      if (line.includes('Max-Age=0')) cookies.delete(name)
      else cookies.set(name, value)
    }
    const html = await response.text()
    const location = response.headers.get('location') ?? undefined
    return { status: response.status, headers: response.headers, html, location, hidden: readHidden(html) }
  }

  const browser: Browser = {
    cookies,
    get: (path, headers = {}) => send(path, {}, headers),
    post: (path, fields, headers = {}) =>
      send(
        path,
        {
          method: 'POST',
          body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
        },
        { origin: issuer, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      ),
    async follow(shown) {
      let current = shown
      while (current.location?.startsWith('/')) current = await browser.get(current.location)
      return current
    },
  }
  return browser
}

function readHidden(html: string): Record<string, string> {
  const form = /<form[^>]*>([\s\S]*?)<\/form>/.exec(html)?.[1] ?? ''
  const fields: Record<string, string> = {}
  for (const [, name = '', value = ''] of form.matchAll(
    /<input type="hidden" name="([^"]*)" value="([^"]*)"/g,
  )) {
    fields[name] = value
  }
  return fields
}

/** A page without what differs by chance: sealed values, tokens, and what the person typed. */
export const withoutChance = ({ status, headers, html }: Shown) => ({
  status,
  headers: [...headers].filter(
    ([name]) => !['set-cookie', 'retry-after', 'x-request-id', 'content-length'].includes(name),
  ),
  html: html
    .replaceAll(/ value="[^"]*"/g, '')
    .replaceAll(/(sign_in(?:=|%3D))[\w-]+/g, '$1')
    .replaceAll(/(class="avatar" aria-hidden="true">)[^<]*/g, '$1')
    .replace(/\d+ seconds?/, ''),
})

/** Fills in the sign-in form. */
export async function signIn(
  browser: Browser,
  identifier: string,
  password: string,
  path = '/login',
): Promise<Shown> {
  const page = await browser.get(path)
  return browser.post('/login', { ...page.hidden, identifier, password })
}

/** Fills in the sign-in form that this answer leads to. */
export async function signInFrom(
  browser: Browser,
  begun: Shown,
  identifier: string,
  password: string,
): Promise<Shown> {
  const page = await browser.follow(begun)
  return browser.post('/login', { ...page.hidden, identifier, password })
}

/** Presses "Allow" on the page of consent. */
export const allow = async (browser: Browser, consent: Shown): Promise<Shown> =>
  browser.follow(await browser.post('/consent', { ...consent.hidden, decision: 'allow' }))

/** What an application is told by the redirect to it. */
export const answerOf = ({ location }: Shown): URLSearchParams =>
  new URL(location ?? 'about:blank').searchParams
