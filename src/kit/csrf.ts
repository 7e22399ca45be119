/**
 * Two independent checks on every form post, against cross-site request forgery (another site makes the user's
 * browser act with its cookies) and login CSRF (it signs the user in as the attacker):
 * 1. the origin of the post as reported by the browser, which scripts cannot change;
 * 2. a token that only our own page could have put into the form, bound by MAC to the browser's cookie, so a
 *    cookie planted by an attacker does not help (signed double submit).
 */
import { constantTimeEqual } from './hash.ts'
import { randomToken } from './ids.ts'
import type { RootSecret } from './root-secret.ts'

const purpose = 'csrf'
const shape = /^([\w-]{22})\.([\w-]{43})$/

/** Issues a form's token. It differs each time, so that compressed responses do not reveal it (BREACH). */
export async function issueCsrfToken(root: RootSecret, browserCookie: string): Promise<string> {
  const salt = randomToken(16)
  return `${salt}.${await root.mac(purpose, `${salt}.${browserCookie}`)}`
}

/** Whether `token` was issued for this browser, which may have several cookies (`src/interaction/browser-binding.ts`). */
export async function checkCsrfToken(
  root: RootSecret,
  browserCookies: readonly string[],
  token: string | undefined,
): Promise<boolean> {
  const match = token === undefined ? null : shape.exec(token)
  if (!match) return false
  const [, salt, mac] = match as unknown as [string, string, string]
  for (const cookie of browserCookies) {
    if (constantTimeEqual(mac, await root.mac(purpose, `${salt}.${cookie}`))) return true
  }
  return false
}

/**
 * Whether a post came from a page of `issuer`. Every current browser sends `Origin` with a post. When a privacy
 * setting hides it (`null`), Fetch Metadata must confirm it; when an old browser or a proxy omits both, `Referer`
 * must. Without any of them the post is refused.
 */
export function isOwnOrigin(headers: Headers, issuer: string): boolean {
  if (isOfScript(headers)) return false
  const own = new URL(issuer).origin
  const origin = headers.get('origin')
  if (origin !== null && origin !== 'null') return origin === own
  const site = headers.get('sec-fetch-site')
  if (site !== null || origin !== null) return site === 'same-origin'
  const referer = headers.get('referer')
  return referer !== null && URL.canParse(referer) && new URL(referer).origin === own
}

/**
 * Whether a script asks, and nobody navigates (Fetch Metadata §2.1): pages are opened and forms are sent by the browser
 * itself. Attack: the guide and the documentation of the API are on this origin too; a script that got into them would
 * read the account with `fetch` and send its forms.
 */
export const isOfScript = (headers: Headers): boolean => headers.get('sec-fetch-dest') === 'empty'
