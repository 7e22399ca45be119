/** Errors shown on a page of ours, because they cannot be sent to an application. Every page offers a way on. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { explain } from '../kit/explain.ts'
import { en, type Messages } from '../messages/en.ts'
import { formatWait } from '../messages/format-time.ts'
import type { OAuthRefusal } from '../protocol/refusal.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import type { RateLimitDecision } from '../rate-limits/rate-limiter.ts'
import { Layout } from './layout.tsx'
import { formPageOf, openPage, sendPage } from './page.ts'

export interface WayOn {
  readonly href: string
  readonly label: string
}

export interface ErrorPage {
  readonly status: number
  /** The error code of the specification, shown for developers. */
  readonly code?: string | undefined
  /** What went wrong, without internal details. */
  readonly message: (messages: Messages, language: string) => string
  /** Heading; a generic one when absent. */
  readonly title?: ((messages: Messages) => string) | undefined
  /** Links to continue with, the best first; the account page when absent. */
  readonly waysOn?: ((messages: Messages) => readonly WayOn[]) | undefined
  /** Details for the log, never shown. */
  readonly detail?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly uiLocales?: string | undefined
}

/** Renders an error page with the request id to look up in the log. */
export async function renderErrorPage(c: Context<AppEnv>, error: ErrorPage): Promise<Response> {
  const page = await openPage(c, error.uiLocales)
  const { messages, language } = page
  const title = error.title?.(messages) ?? messages.errorTitle
  const waysOn = error.waysOn?.(messages) ?? [toAccount(messages)]
  const html = (
    <Layout page={page} title={title}>
      <div class="card">
        <h1>{title}</h1>
        <p class="lead">{error.message(messages, language.tag)}</p>
        {error.code && (
          <p class="fine">
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
        <p class="fine">{messages.reference(c.env.origin.request_id)}</p>
      </div>
    </Layout>
  )
  const response = await sendPage(c, page, html, { status: error.status, headers: error.headers })
  // The log is in English.
  return explain(response, { error: error.code, description: error.message(en, 'en'), detail: error.detail })
}

/** Renders a refused authorization request; the code is for the application's developers. */
export const renderRefusalPage = (
  c: Context<AppEnv>,
  refusal: OAuthRefusal,
  uiLocales?: string,
): Promise<Response> =>
  renderErrorPage(c, {
    status: refusal.status,
    code: refusal.error,
    message: (messages) => refusal.message?.(messages) ?? messages.requestRefused,
    detail: refusal.detail ?? refusal.descriptionForLog ?? refusal.description,
    headers: refusal.headers,
    uiLocales,
  })

/** Renders the page for an exceeded rate limit. */
export const renderTooManyRequests = (
  c: Context<AppEnv>,
  decision: RateLimitDecision,
  uiLocales?: string,
): Promise<Response> =>
  renderErrorPage(c, {
    status: 429,
    message: (messages, language) =>
      messages.tooManyRequests(formatWait(language, decision.retryAfterSeconds)),
    waysOn: tryAgain(c),
    headers: rateLimitHeaders(decision),
    uiLocales,
  })

/** Link that repeats the request if it is a GET, else opens the page of the submitted form. */
export const tryAgain =
  (c: Context<AppEnv>) =>
  (messages: Messages): readonly WayOn[] => {
    const { pathname, search } = new URL(c.req.url)
    const isQuestion = c.req.method === 'GET'
    const form = formPageOf(c.req.raw)
    const account = toAccount(messages)
    return [
      ...(isQuestion ? [{ href: pathname + search, label: messages.tryAgain }] : []),
      ...(form === undefined || form === account.href ? [] : [{ href: form, label: messages.openFormAgain }]),
      account,
    ]
  }

/** Link to the account page, which redirects to the sign-in page if nobody is signed in. */
export const toAccount = (messages: Messages): WayOn => ({ href: '/account', label: messages.toAccount })

/** The page for paths that do not exist. */
export const renderNotFoundPage = (c: Context<AppEnv>): Promise<Response> =>
  renderErrorPage(c, {
    status: 404,
    title: (messages) => messages.notFoundTitle,
    message: (messages) => messages.notFoundText,
  })
