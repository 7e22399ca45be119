/** What every refusal must look like, whichever rule refused. */
import { expect } from 'vitest'
import type { Page } from './user-agent.ts'
import type { Answer } from './wire.ts'

/** RFC 6749 appendix A.7 and A.8: what `error` and `error_description` may consist of. */
const errorText = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/

/** RFC 6749 §5.2: exactly this error, uncached, with a body of that grammar and no token in it. */
export function expectRefusal(answer: Answer, status: number, error: string): void {
  expect({ status: answer.status, error: answer.json?.['error'] }, answer.text).toEqual({ status, error })
  expect(Object.keys(answer.json ?? {}).sort()).toEqual(['error', 'error_description'])
  expect(answer.json?.['error']).toMatch(errorText)
  expect(answer.json?.['error_description']).toMatch(errorText)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
  expect(answer.headers.get('www-authenticate') !== null).toBe(status === 401 || status === 403)
  expect(answer.headers.get('set-cookie')).toBeNull()
}

/** RFC 6749 §4.1.2.1: the client learns of it at its own URI, with its state and our issuer, and gets no code. */
export function expectRedirectedError(
  page: Page,
  redirectUri: string,
  error: string,
  state = 'state-1',
): void {
  const { location } = page
  expect(page.status, page.text).toBe(303)
  expect(
    location?.href.startsWith(`${redirectUri}${redirectUri.includes('?') ? '&' : '?'}`),
    location?.href,
  ).toBe(true)
  const parameters = Object.fromEntries(location?.searchParams ?? [])
  expect(parameters).toMatchObject({ error, state, iss: page.url.origin })
  expect(parameters).not.toHaveProperty('code')
  expect(parameters['error_description']).toMatch(errorText)
  expect(location?.hash).toBe('')
}

/** RFC 9700 §4.11: an error that is nobody's but the person's: shown here, leading nowhere. */
export function expectLocalError(page: Page, status = 400): void {
  expect({ status: page.status, location: page.headers.get('location') }, page.text).toEqual({
    status,
    location: null,
  })
  expect(page.headers.get('refresh')).toBeNull()
  expect(page.headers.get('content-type')).toMatch(/^text\/html/)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(page.body).not.toMatch(/<meta[^>]+http-equiv/i)
  expect(page.headers.getSetCookie().filter((cookie) => cookie.includes('session'))).toEqual([])
}

/** The person is asked to sign in, or to do something else at this server. */
export function expectHostedPage(page: Page, path: string): void {
  expect({ status: page.status, path: page.location?.pathname }, page.location?.href ?? page.text).toEqual({
    status: 303,
    path,
  })
  expect(page.location?.origin).toBe(page.url.origin)
}
