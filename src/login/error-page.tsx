/** Errors that are shown here, because there is nowhere to send them. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { Layout } from './layout.tsx'
import { openPage, sendPage } from './page.ts'

export interface ErrorPage {
  readonly status: number
  /** The specification's error code, shown for developers. */
  readonly code?: string | undefined
  /** What went wrong, without anything the server should keep to itself. */
  readonly message: string
  /** Heading; a general one when absent. */
  readonly title?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly uiLocales?: string | undefined
}

/** Renders an error with the request id that finds it in the log. */
export async function renderErrorPage(c: Context<AppEnv>, error: ErrorPage): Promise<Response> {
  const page = await openPage(c, error.uiLocales)
  const { messages } = page
  const title = error.title ?? messages.errorTitle
  const html = (
    <Layout page={page} title={title}>
      <div class="card">
        <h1>{title}</h1>
        <p>{error.message}</p>
        {error.code && (
          <p>
            <code>{error.code}</code>
          </p>
        )}
        <p class="quiet">{messages.reference(c.env.origin.request_id)}</p>
      </div>
    </Layout>
  )
  return sendPage(c, page, html, { status: error.status, headers: error.headers })
}

/** The page for paths that do not exist. */
export async function renderNotFoundPage(c: Context<AppEnv>): Promise<Response> {
  const { messages } = await openPage(c)
  return renderErrorPage(c, { status: 404, title: messages.notFoundTitle, message: messages.notFoundText })
}
