/** What every hosted page needs from a request, and the response it is sent with. */
import type { Context } from 'hono'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Brand } from '../branding/brand.ts'
import type { AppEnv } from '../dependencies.ts'
import { ensureBrowserBinding } from '../interaction/browser-binding.ts'
import { readChosenLanguage } from '../interaction/language-cookie.ts'
import { issueCsrfToken } from '../kit/csrf.ts'
import { explain } from '../kit/explain.ts'
import { pageHeaders } from '../kit/security-headers.ts'
import { chooseLanguage, type Language } from '../messages/choose-language.ts'
import type { Messages } from '../messages/en.ts'
import { readBrand } from './read-brand.ts'

export interface Page {
  readonly language: Language
  readonly messages: Messages
  readonly brand: Brand
  /** Path with query of the form this page answers; `undefined` where the page has an address of its own. */
  readonly formAddress: string | undefined
  /** Whether the page loads the script, and its policy allows it. */
  readonly script: boolean
}

/** A page with a form: bound to this browser. */
export interface FormPage extends Page {
  /** For the hidden field of every form on the page. */
  readonly csrfToken: string
  /** `hash` of the browser binding. */
  readonly browser: string
  /** `Set-Cookie` values of the browser binding. */
  readonly setCookies: readonly string[]
}

/** @param uiLocales preferred by the application; `Accept-Language` comes second */
export async function openPage(c: Context<AppEnv>, uiLocales?: string): Promise<Page> {
  const chosen = readChosenLanguage(c.env.config, c.req.header('cookie'))
  const language = chooseLanguage(uiLocales, c.req.header('accept-language'), chosen)
  return {
    language,
    messages: language.messages,
    brand: await readBrand(c.env.deps.readSettings),
    formAddress: formPageOf(c.req.raw),
    script: false,
  }
}

/** The page with the script. */
export const withScript = <P extends Page>(page: P): P => ({ ...page, script: true })

/** The page of a submitted form, with the interaction it belongs to. */
const formPages = new WeakMap<Request, string>()

/** Remembers where the form of this request is opened again. */
export const rememberForm = (request: Request, path: string): void => {
  formPages.set(request, path)
}

/** See `rememberForm`; `undefined` for a request that submits none. */
export const formPageOf = (request: Request): string | undefined => formPages.get(request)

/** Like `openPage`, for a page with a form. */
export async function openFormPage(c: Context<AppEnv>, uiLocales?: string): Promise<FormPage> {
  const { config, root } = c.env.deps
  const { cookie, hash, setCookies } = await ensureBrowserBinding(config, c.req.header('cookie'))
  const csrfToken = await issueCsrfToken(root, cookie)
  return { ...(await openPage(c, uiLocales)), csrfToken, browser: hash, setCookies }
}

export interface PageResponse {
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** For the log: why the form was refused. */
  readonly refusal?: string | undefined
  /** `Set-Cookie` values besides the browser binding. */
  readonly cookies?: readonly string[] | undefined
  /** See `pageHeaders`; set for pages of an interaction. */
  readonly formTargets?: readonly string[] | undefined
  /** See `pageHeaders`. */
  readonly foreignScript?: string | undefined
  /** See `pageHeaders`. */
  readonly frames?: readonly string[] | undefined
}

/** Sends a page with its security headers. */
export async function sendPage(
  c: Context<AppEnv>,
  page: Page | FormPage,
  html: HtmlEscapedString | Promise<HtmlEscapedString>,
  {
    status = 200,
    headers = {},
    refusal,
    cookies = [],
    formTargets,
    foreignScript,
    frames,
  }: PageResponse = {},
): Promise<Response> {
  const secure = c.env.deps.config.secureCookies
  const response = new Response(`<!doctype html>${await html}`, {
    status,
    headers: {
      ...pageHeaders({ script: page.script, secure, formTargets, foreignScript, frames }),
      ...headers,
      'content-language': page.language.tag,
    },
  })
  // The response is always no-store, so Accept-Language needs no Vary.
  for (const cookie of ['setCookies' in page ? page.setCookies : [], cookies].flat()) {
    response.headers.append('set-cookie', cookie)
  }
  return refusal === undefined ? response : explain(response, { detail: refusal })
}

/** 303 to a path of this server: the browser follows with GET and does not resend the form (RFC 9700 §4.12). */
export function goTo(path: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({
    location: path,
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
  })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}
