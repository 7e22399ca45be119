/** Errors that are shown here, because there is nowhere to send them. None is a dead end. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { explain } from '../kit/explain.ts'
import { en, type Messages } from '../messages/en.ts'
import { waitInWords } from '../messages/time-in-words.ts'
import type { OAuthRefusal } from '../protocol/refusal.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import type { RateLimitDecision } from '../rate-limits/rate-limiter.ts'
import { Layout } from './layout.tsx'
import { openPage, sendPage } from './page.ts'

export interface WayOn {
  readonly href: string
  readonly label: string
}

export interface ErrorPage {
  readonly status: number
  /** The specification's error code, shown for developers. */
  readonly code?: string | undefined
  /** What went wrong, without anything the server should keep to itself. */
  readonly message: (messages: Messages, language: string) => string
  /** Heading; a general one when absent. */
  readonly title?: ((messages: Messages) => string) | undefined
  /** Where the person can go from here, the best first; the account page when absent. */
  readonly waysOn?: ((messages: Messages) => readonly WayOn[]) | undefined
  /** For the log, never for the page: what happened. */
  readonly detail?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly uiLocales?: string | undefined
}

/** Renders an error with the request id that finds it in the log. */
export async function renderErrorPage(c: Context<AppEnv>, error: ErrorPage): Promise<Response> {
  const page = openPage(c, error.uiLocales)
  const { messages, language } = page
  const title = error.title?.(messages) ?? messages.errorTitle
  const waysOn = error.waysOn?.(messages) ?? [toAccount(messages)]
  const html = (
    <Layout page={page} title={title}>
      <div class="card">
        <h1>{title}</h1>
        <p>{error.message(messages, language.tag)}</p>
        {error.code && (
          <p>
            <code>{error.code}</code>
          </p>
        )}
        <div class="actions">
          {waysOn.map(({ href, label }, index) => (
            <a class={index === 0 ? 'button' : 'button second'} href={href}>
              {label}
            </a>
          ))}
        </div>
        <p class="quiet">{messages.reference(c.env.origin.request_id)}</p>
      </div>
    </Layout>
  )
  const response = await sendPage(c, page, html, { status: error.status, headers: error.headers })
  // The log has one language.
  return explain(response, { error: error.code, description: error.message(en, 'en'), detail: error.detail })
}

/** Renders a refused request of an application; the code is for those who run it. */
export const renderRefusalPage = (
  c: Context<AppEnv>,
  refusal: OAuthRefusal,
  uiLocales?: string,
): Promise<Response> =>
  renderErrorPage(c, {
    status: refusal.status,
    code: refusal.error,
    message: (messages) => refusal.inWords?.(messages) ?? messages.requestRefused,
    detail: refusal.detail ?? refusal.description,
    headers: refusal.headers,
    uiLocales,
  })

/** The page of a rate limit. */
export const renderTooManyRequests = (
  c: Context<AppEnv>,
  decision: RateLimitDecision,
  uiLocales?: string,
): Promise<Response> =>
  renderErrorPage(c, {
    status: 429,
    message: (messages, language) =>
      messages.tooManyRequests(waitInWords(language, decision.retryAfterSeconds)),
    waysOn: tryAgain(c),
    headers: rateLimitHeaders(decision),
    uiLocales,
  })

/** Where the page of a form that was sent is, with the login in progress that it belongs to. */
const formPages = new WeakMap<Request, string>()

/** Should the request fail, its error page leads back to the form. */
export const rememberForm = (request: Request, path: string): void => {
  formPages.set(request, path)
}

/** The same address once more, where that repeats nothing but a question; else the form that was sent. */
export const tryAgain =
  (c: Context<AppEnv>) =>
  (messages: Messages): readonly WayOn[] => {
    const { pathname, search } = new URL(c.req.url)
    const isQuestion = c.req.method === 'GET'
    const form = formPages.get(c.req.raw)
    const account = toAccount(messages)
    return [
      ...(isQuestion ? [{ href: pathname + search, label: messages.tryAgain }] : []),
      ...(form === undefined || form === account.href ? [] : [{ href: form, label: messages.openFormAgain }]),
      account,
    ]
  }

/** The account page, or the sign-in page before it. */
export const toAccount = (messages: Messages): WayOn => ({ href: '/account', label: messages.toAccount })

/** The page for paths that do not exist. */
export const renderNotFoundPage = (c: Context<AppEnv>): Promise<Response> =>
  renderErrorPage(c, {
    status: 404,
    title: (messages) => messages.notFoundTitle,
    message: (messages) => messages.notFoundText,
  })
