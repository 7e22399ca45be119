/**
 * Two independent checks on every form post, against cross-site request forgery (another site makes the
 * person's browser act with its cookies) and login CSRF (it signs the person in as the attacker):
 * 1. where the browser says the post came from, which scripts cannot change;
 * 2. a token that only our own page could have put into the form, bound by MAC to the browser's cookie, so a
 *    cookie planted from elsewhere does not help (signed double submit).
 */
import { constantTimeEqual } from './hash.ts'
import { randomToken } from './ids.ts'
import type { RootSecret } from './root-secret.ts'

const purpose = 'csrf'
const shape = /^([\w-]{22})\.([\w-]{43})$/

/** A form's token. Differs each time, so that compressed responses do not give it away (BREACH). */
export async function issueCsrfToken(root: RootSecret, browserCookie: string): Promise<string> {
  const salt = randomToken(16)
  return `${salt}.${await root.mac(purpose, `${salt}.${browserCookie}`)}`
}

/** Whether `token` was issued for this browser. */
export async function checkCsrfToken(
  root: RootSecret,
  browserCookie: string | undefined,
  token: string | undefined,
): Promise<boolean> {
  const match = token === undefined ? null : shape.exec(token)
  if (!match || !browserCookie) return false
  const [, salt, mac] = match as unknown as [string, string, string]
  return constantTimeEqual(mac, await root.mac(purpose, `${salt}.${browserCookie}`))
}

/**
 * Whether a post came from a page of `issuer`. Every current browser sends `Origin` with a post; when a
 * privacy setting hides it (`null`), Fetch Metadata must vouch for it. Neither: refused.
 */
export function isOwnOrigin(headers: Headers, issuer: string): boolean {
  const origin = headers.get('origin')
  if (origin !== null && origin !== 'null') return origin === new URL(issuer).origin
  return headers.get('sec-fetch-site') === 'same-origin'
}
