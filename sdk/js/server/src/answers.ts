import type { AuthlyError } from '@authly-server/core'
import { applyChanges, type CookieChange } from './cookies/cookie-change.ts'

/** These answers are about one person and one moment, and addresses of a sign-in are nobody else's to know. */
const always = {
  'cache-control': 'private, no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** A redirect after which the browser asks by GET. */
export function redirect(to: string | URL, changes: readonly CookieChange[], isSecure: boolean): Response {
  const headers = new Headers({ ...always, location: String(to) })
  applyChanges(headers, changes, isSecure)
  return new Response(null, { status: 303, headers })
}

export function json(status: number, value: unknown, more: Readonly<Record<string, string>> = {}): Response {
  const headers = { ...always, 'content-type': 'application/json', ...more }
  return new Response(JSON.stringify(value), { status, headers })
}

/** The page of a sign-in that failed. Of what the address says it shows nothing but the error's code. */
export function errorPage({ code }: AuthlyError, home: string): Response {
  const shown = /^[a-z_]{1,60}$/.test(code) ? code : 'error'
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign-in failed</title>
<h1>Sign-in failed</h1>
<p>The sign-in was not finished (<code>${shown}</code>). Nothing has changed.</p>
<p><a href="${home.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}">Back to the application</a></p>
</html>
`
  const headers = {
    ...always,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  }
  return new Response(html, { status: 400, headers })
}
