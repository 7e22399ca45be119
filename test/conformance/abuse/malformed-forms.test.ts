/** Bodies that no honest client sends, at every endpoint that reads a form. */
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, expectNothingToChange, issuer, rp } from '../authly.ts'
import { expectRefusal } from '../expectations.ts'
import { authorization } from '../relying-party.ts'
import type { SeededClient } from '../seed.ts'
import { type RawRequest, sendRaw } from '../wire.ts'

let client: SeededClient
beforeAll(async () => {
  client = await addClient()
})

const form = 'application/x-www-form-urlencoded'
const megabyte = 1024 * 1024

const endpoints = [
  { path: '/oauth/token', correct: 'grant_type=client_credentials&scope=demo:read' },
  { path: '/oauth/introspect', correct: 'token=x' },
  { path: '/oauth/revoke', correct: 'token=x' },
] as const

describe.each(endpoints)('POST $path', ({ path, correct }) => {
  expectNothingToChange()

  const post = (
    body: string | Buffer | readonly (string | Buffer)[],
    { type = form, ...headers }: Record<string, string> = {},
  ) => {
    const request: RawRequest = {
      ...{ method: 'POST', path },
      headers: { ...authorization(client), ...(type ? { 'content-type': type } : {}), ...headers },
      body: typeof body === 'string' || Buffer.isBuffer(body) ? [body] : body,
    }
    return sendRaw(issuer, request)
  }

  it('accepts the correct request that the others differ from', async () => {
    expect((await post(correct)).status).toBe(200)
    expect((await post(correct, { type: `${form};charset=UTF-8` })).status).toBe(200)
  })

  const malformed: readonly (readonly [string, string | Buffer])[] = [
    ['the same parameter twice (RFC 6749 §3.2)', `${correct}&${correct.split('&')[0]}`],
    ['the same unknown parameter twice (RFC 6749 §3.2)', `${correct}&x=1&x=2`],
    ['the same parameter twice, once percent-encoded (RFC 6749 §3.2)', `${correct}&x=1&%78=2`],
    ['raw bytes that are no UTF-8 (RFC 6749 appendix B)', Buffer.from(`${correct}&x=\xff\xfe`, 'latin1')],
    ['percent-encoded bytes that are no UTF-8 (RFC 6749 appendix B)', `${correct}&x=%ff`],
    ['an overlong encoding of a dot (RFC 3629 §3)', `${correct}&x=%c0%ae`],
    ['an encoded surrogate (RFC 3629 §3)', `${correct}&x=%ed%a0%80`],
    ['a truncated percent escape (RFC 3986 §2.1)', `${correct}&x=%f`],
    ['a percent escape without hex digits (RFC 3986 §2.1)', `${correct}&x=%zz`],
    ['an encoded NUL (RFC 6749 appendix A)', `${correct}&x=a%00b`],
    ['a raw line break (RFC 6749 appendix A)', `${correct}&x=a\r\nb`],
    ['an encoded DEL (RFC 6749 appendix A)', `${correct}&x=%7f`],
    ['a parameter name of 100 characters', `${correct}&${'n'.repeat(100)}=1`],
    ['a hundred parameters', Array.from({ length: 100 }, (_, index) => `p${index}=1`).join('&')],
  ]
  it.each(malformed)('refuses %s', async (_, body) => {
    expectRefusal(await post(body), 400, 'invalid_request')
  })

  it.each([
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
    `${form}; charset=utf-16`,
    '',
  ])('refuses content type “%s” (RFC 6749 appendix B)', async (type) =>
    expectRefusal(await post(correct, { type }), 415, 'invalid_request'),
  )

  it('refuses a body of 1 MB by its declared length', async () => {
    const body = `${correct}&x=${'a'.repeat(megabyte)}`
    expectRefusal(await post(body, { 'content-length': String(body.length) }), 413, 'invalid_request')
  })

  it('refuses a body of 1 MB in chunks of unknown number', async () => {
    const chunks = [`${correct}&x=`, ...Array.from({ length: 64 }, () => 'a'.repeat(megabyte / 64))]
    expectRefusal(await post(chunks), 413, 'invalid_request')
  })

  it('refuses an empty body', async () => {
    expectRefusal(await post('', { 'content-length': '0' }), 400, 'invalid_request')
  })

  it('answers no GET (RFC 6749 §3.2, RFC 7662 §2.1, RFC 7009 §2.1)', async () => {
    const answer = await sendRaw(issuer, { path: `${path}?${correct}`, headers: authorization(client) })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('POST, OPTIONS')
  })
})

describe('GET /oauth/authorize', () => {
  expectNothingToChange()

  const bad: readonly (readonly [string, string])[] = [
    ['bytes that are no UTF-8', '&state=%ff'],
    ['an overlong encoding', '&state=%c0%af'],
    ['a truncated escape', '&state=%e'],
    ['an encoded line break', '&state=a%0d%0aSet-Cookie:%20x=1'],
    ['an encoded NUL', '&login_hint=%00'],
  ]
  it.each(bad)('shows %s here and redirects nowhere (RFC 6749 §4.1.2.1)', async (_, addition) => {
    const url = new URL(rp.authorizeUrl(client, { state: undefined }))
    const answer = await sendRaw(issuer, { path: `${url.pathname}${url.search}${addition}` })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('location')).toBeNull()
  })
})
