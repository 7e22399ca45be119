/** The authorization response on the wire: query (RFC 6749 §4.1.2) or form_post, always with `iss` (RFC 9207). */
import { explain } from '../../kit/explain.ts'
import type { Language } from '../../messages/choose-language.ts'
import type { OAuthRefusal } from '../../protocol/refusal.ts'
import type { RedirectTarget } from './redirect-target.ts'

export type ResponseParameters = { readonly code: string } | { readonly refusal: OAuthRefusal }

/**
 * Renders success or refusal at the proven target.
 * @param language of the page that a form_post is
 */
export function authorizationResponse(
  issuer: string,
  target: RedirectTarget,
  response: ResponseParameters,
  language: () => Language,
): Response {
  const parameters: Record<string, string> = {
    ...('code' in response
      ? { code: response.code }
      : { error: response.refusal.error, error_description: response.refusal.description }),
    ...(target.state === undefined ? {} : { state: target.state }),
    iss: issuer,
  }
  const rendered =
    target.response_mode === 'form_post'
      ? formPost(target, parameters, language())
      : redirect(target, parameters)
  if ('code' in response) return rendered
  const { error, description, detail } = response.refusal
  return explain(rendered, { error, description, detail })
}

const redirectHeaders = new Headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })

/** 303, so that a browser never repeats a POST with credentials to the client (RFC 9700 §4.12). */
function redirect(target: RedirectTarget, parameters: Record<string, string>): Response {
  const query = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  const separator = target.redirect_uri.includes('?') ? '&' : '?'
  const response = new Response(null, { status: 303, headers: redirectHeaders })
  response.headers.set('location', `${target.redirect_uri}${separator}${query}`)
  return response
}

export const submitScript = 'document.forms[0].submit()'
/** `'sha256-…'` of `submitScript`; a test recomputes it. */
export const submitScriptHash = "'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='"

/** OAuth 2.0 Form Post Response Mode. Without JavaScript the person presses the button. */
function formPost(
  target: RedirectTarget,
  parameters: Record<string, string>,
  { tag, dir, messages }: Language,
): Response {
  const page = (
    <html lang={tag} dir={dir}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{messages.continueAction}</title>
      </head>
      <body>
        <form method="post" action={target.redirect_uri}>
          {Object.entries(parameters).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <noscript>
            <button type="submit">{messages.continueAction}</button>
          </noscript>
        </form>
        <script dangerouslySetInnerHTML={{ __html: submitScript }} />
      </body>
    </html>
  )
  return new Response(`<!doctype html>${page.toString()}`, {
    headers: {
      'content-type': 'text/html;charset=UTF-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': `default-src 'none'; script-src ${submitScriptHash}; base-uri 'none'`,
    },
  })
}
