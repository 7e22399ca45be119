/**
 * Reads a form post of a hosted page and checks that it is well-formed and comes from our own page in this browser
 * (CSRF).
 */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { readBrowserBindings } from '../interaction/browser-binding.ts'
import { checkCsrfToken, isOwnOrigin } from '../kit/csrf.ts'
import { err, type Result } from '../kit/result.ts'
import { readForm } from '../protocol/form.ts'
import type { Parameters } from '../protocol/parameters.ts'
import { type ErrorPage, renderErrorPage } from './error-page.tsx'
import { openOwnInteraction } from './load-interaction.ts'
import { hostOf, showLostInteraction } from './lost-interaction.ts'
import { rememberForm } from './page.ts'

/**
 * The form's fields, or the error page that refuses it.
 * @param pageOf returns the path of the page with the form, for opening it again
 */
export async function readPageForm(
  c: Context<AppEnv>,
  pageOf: (form: Parameters | undefined) => string = (form) => withOwnFields(c.req.path, form),
): Promise<Result<Parameters, Response>> {
  const { config, root } = c.env.deps
  const refuse = async (page: Pick<ErrorPage, 'status' | 'message'>, form?: Parameters) => {
    // On the issuer's origin: the user may have reached this server by another host name.
    const href = config.issuer + pageOf(form)
    return err(
      await renderErrorPage(c, { ...page, waysOn: (messages) => [{ href, label: messages.openFormAgain }] }),
    )
  }
  if (!isOwnOrigin(c.req.raw.headers, config.issuer)) {
    const { headers } = c.req.raw
    const isHidden = (headers.get('origin') ?? 'null') === 'null' && !headers.has('sec-fetch-site')
    return refuse({
      status: 403,
      message: (messages) => (isHidden ? messages.originHidden(hostOf(c)) : messages.foreignForm),
    })
  }
  const form = await readForm(c.req.raw)
  if (!form.ok) {
    const { status } = form.error
    return refuse({
      status,
      message: (messages) => (status === 413 ? messages.formTooLarge : messages.malformedForm),
    })
  }
  rememberForm(c.req.raw, pageOf(form.value))
  const cookies = readBrowserBindings(config, c.req.header('cookie'))
  if (!(await checkCsrfToken(root, cookies, form.value.get('csrf_token')))) {
    const sealed = form.value.get('interaction')
    const opened = sealed === undefined ? undefined : await openOwnInteraction(c, sealed)
    if (opened && opened.status !== 'open') {
      return err(await showLostInteraction(c, opened, 403))
    }
    const message: ErrorPage['message'] =
      cookies.length > 0 ? (messages) => messages.formExpired : (messages) => messages.noCookie(hostOf(c))
    return refuse({ status: 403, message }, form.value)
  }
  return form
}

/** Form fields that are also query parameters of the page. */
const pageFields = ['interaction', 'link', 'sign_in', 'sign_up', 'step'] as const

function withOwnFields(path: string, form: Parameters | undefined): string {
  const query = new URLSearchParams()
  for (const name of pageFields) {
    const value = form?.get(name)
    if (value !== undefined) query.set(name, value)
  }
  return query.size > 0 ? `${path}?${query}` : path
}
