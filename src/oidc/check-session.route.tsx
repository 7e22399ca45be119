/**
 * `GET /oidc/check-session` (OpenID Connect Session Management 1.0 §3.2): the page behind `check_session_iframe`, where it
 * is switched on. The only page that other sites may frame and the only one with this script: there is nothing on it to
 * click or to read, and it says one word about a value that the asking page must have from us.
 */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'
import { checkSessionAsset } from '../pages/assets.ts'
import { renderNotFoundPage } from '../pages/error-page.tsx'
import { checkSessionPath } from './discovery.ts'

export const checkSessionRoutes = new DescribedRoutes<AppEnv>().describe(
  {
    id: 'checkSession',
    method: 'get',
    path: checkSessionPath,
    summary: 'Frame in which applications ask whether the person is still signed in',
    spec: 'OpenID Connect Session Management 1.0 §3.2',
    tag: 'OpenID Connect',
    responses: { 200: 'The page, without content', 404: 'Session management is switched off' },
  },
  (c) => {
    const { config } = c.env
    if (!config.sessionManagement) return renderNotFoundPage(c)
    const page = (
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <title>Session</title>
          <script type="module" src={checkSessionAsset.path} />
        </head>
        <body />
      </html>
    )
    return new Response(`<!doctype html>${page.toString()}`, {
      headers: {
        'content-type': 'text/html; charset=UTF-8',
        // No `frame-ancestors`: which client frames it, nobody says.
        'content-security-policy':
          "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'; form-action 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-cache',
        'cross-origin-resource-policy': 'cross-origin',
        ...(config.secureCookies ? { 'strict-transport-security': 'max-age=63072000' } : {}),
      },
    })
  },
)
