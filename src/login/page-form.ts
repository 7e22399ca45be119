/** Reads a form post of a hosted page: from our own page, in this browser, well-formed; else an error page. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { checkCsrfToken, isOwnOrigin } from '../kit/csrf.ts'
import { err, type Result } from '../kit/result.ts'
import { readForm } from '../oauth/form.ts'
import type { Parameters } from '../oauth/parameters.ts'
import { readBrowserBinding } from './browser-binding.ts'
import { renderErrorPage } from './error-page.tsx'
import { chooseLanguage } from './messages/choose-language.ts'

/** The form's fields, or the response that refuses it. */
export async function readPageForm(c: Context<AppEnv>): Promise<Result<Parameters, Response>> {
  const { config, root } = c.env.deps
  const { messages } = chooseLanguage(undefined, c.req.header('accept-language'))
  if (!isOwnOrigin(c.req.raw.headers, config.issuer)) {
    return err(await renderErrorPage(c, { status: 403, message: messages.foreignForm }))
  }
  const form = await readForm(c.req.raw)
  if (!form.ok) {
    return err(await renderErrorPage(c, { status: form.error.status, message: messages.malformedForm }))
  }
  const binding = readBrowserBinding(config, c.req.header('cookie'))
  if (!(await checkCsrfToken(root, binding, form.value.get('csrf_token')))) {
    return err(await renderErrorPage(c, { status: 403, message: messages.formExpired }))
  }
  return form
}
