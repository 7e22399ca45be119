/** `GET /language`: remembers the language a person chose below a page, and goes back to that page. */
import type { AppEnv } from '../dependencies.ts'
import { setChosenLanguage } from '../interaction/language-cookie.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'
import { isLanguageTag } from '../messages/languages.ts'
import { renderErrorPage } from './error-page.tsx'
import { ownPath } from './own-path.ts'
import { goTo } from './page.ts'

/**
 * A link and no form, so that it works on pages that have no other form and without JavaScript. Another site can
 * follow it too: all it gains is that a page is shown in another language.
 */
export const languageRoutes = new DescribedRoutes<AppEnv>().describe(
  {
    id: 'chooseLanguage',
    method: 'get',
    path: '/language',
    summary: 'Remembers the language of the hosted pages in a cookie',
    tag: 'Sign-in',
    responses: { 303: 'Back to the page', 400: 'There is no such language' },
  },
  (c) => {
    const tag = c.req.query('to') ?? ''
    if (!isLanguageTag(tag)) {
      return renderErrorPage(c, {
        status: 400,
        title: (messages) => messages.notFoundTitle,
        message: (messages) => messages.notFoundText,
      })
    }
    const { config } = c.env
    // A page's own address comes as the referrer, which our pages send to us alone; it need not stand in each link.
    const referrer = c.req.header('referer')
    const from = referrer?.startsWith(`${config.issuer}/`) ? referrer.slice(config.issuer.length) : undefined
    const next = ownPath(c.req.query('next') ?? from, config.issuer) ?? '/account'
    return goTo(next, [setChosenLanguage(config, tag)])
  },
)
