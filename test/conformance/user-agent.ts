/**
 * A browser without a window: cookies, redirects and HTML forms, nothing else. Black-box tests drive the hosted
 * pages with it, which also shows that they work without JavaScript.
 */
import { type CookieJar, createCookieJar } from './cookie-jar.ts'
import { type HtmlForm, readForms, readText } from './html-form.ts'
import { type RawRequest, sendRaw } from './wire.ts'

export type Page = {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly body: string
  readonly forms: readonly HtmlForm[]
  /** What a person reads. */
  readonly text: string
  /** Where a redirect leads. */
  readonly location: URL | undefined
}

/** Fields to fill in by name; null leaves one out. */
export type FormInput = Readonly<Record<string, string | null>>

export type AgentRequest = Pick<RawRequest, 'method' | 'headers' | 'body'>

export type UserAgent = {
  readonly cookies: CookieJar
  /** One request; redirects are shown, not followed. */
  request(url: string | URL, init?: AgentRequest): Promise<Page>
  /**
   * Follows redirects until a page answers, or until a URL for which `stopAt` says yes, which is not requested:
   * it belongs to the application under test.
   */
  open(url: string | URL, stopAt?: (url: URL) => boolean): Promise<Page>
  /** Submits a form as a person would: `Origin` and `Referer` set, redirects followed. */
  submit(page: Page, form: HtmlForm, input: FormInput, stopAt?: (url: URL) => boolean): Promise<Page>
}

const maxRedirects = 20
let agents = 0

/**
 * Makes a browser with an empty cookie jar and an IP address of its own, so that rate limits do not mix.
 * @param always headers of every request
 */
export function createUserAgent(always: Readonly<Record<string, string>> = {}): UserAgent {
  agents += 1
  const address = `198.18.${agents >> 8}.${agents & 255}`
  const cookies = createCookieJar()

  const request = async (target: string | URL, init: AgentRequest = {}): Promise<Page> => {
    const url = new URL(target)
    const cookie = cookies.header(url)
    const response = await sendRaw(url.origin, {
      ...init,
      path: `${url.pathname}${url.search}`,
      headers: {
        'cf-connecting-ip': address,
        'user-agent': 'authly-conformance',
        accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
        // What tells a person's navigation from a script's request; fetch() would not let us say it.
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        ...(cookie === undefined ? {} : { cookie }),
        ...always,
        ...init.headers,
      },
    })
    cookies.store(url, response.headers.getSetCookie())
    const body = response.text
    const location = response.headers.get('location')
    return {
      ...{ url, body, status: response.status, headers: response.headers },
      get forms() {
        return readForms(body, url)
      },
      get text() {
        return readText(body)
      },
      location: location === null ? undefined : new URL(location, url),
    }
  }

  const follow = async (first: Page, stopAt: (url: URL) => boolean): Promise<Page> => {
    let page = first
    for (let hop = 0; page.location !== undefined; hop++) {
      if (hop >= maxRedirects) throw new Error(`too many redirects at ${page.url}`)
      if (stopAt(page.location)) return page
      page = await request(page.location)
    }
    return page
  }

  const never = () => false
  return {
    cookies,
    request,
    open: async (url, stopAt = never) => follow(await request(url), stopAt),
    async submit(page, form, input, stopAt = never) {
      const body = new URLSearchParams(form.fields.filter(([name]) => !(name in input)) as [string, string][])
      for (const [name, value] of Object.entries(input)) if (value !== null) body.append(name, value)
      if (form.method === 'get') return follow(await request(`${form.action.href}?${body}`), stopAt)
      const headers = {
        origin: page.url.origin,
        referer: page.url.href,
        'content-type': 'application/x-www-form-urlencoded',
      }
      return follow(await request(form.action, { method: 'POST', headers, body: [body.toString()] }), stopAt)
    },
  }
}
