/** OAuth 2.0 Form Post Response Mode: the response as a self-submitting form. */
import type { Language } from '../../messages/choose-language.ts'

export const submitScript = 'document.forms[0].submit()'
/** `'sha256-…'` of `submitScript`, verified by a test. */
export const submitScriptHash = "'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='"

/** Renders the form. Without JavaScript the user presses its button. */
export function formPostPage(
  redirectUri: string,
  parameters: Readonly<Record<string, string>>,
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
        <form method="post" action={redirectUri}>
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
