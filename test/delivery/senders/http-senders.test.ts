import { describe, expect, it } from 'vitest'
import type { Email } from '../../../src/delivery/email.ts'
import { createCloudflareSender, type EmailBinding } from '../../../src/delivery/senders/cloudflare-email.ts'
import { createResendSender } from '../../../src/delivery/senders/resend.ts'
import type { Fetch } from '../../../src/delivery/senders/sender.ts'
import { createTwilioSender } from '../../../src/delivery/senders/twilio.ts'

const email: Email = {
  id: '01900000-0000-7000-8000-000000000000',
  from: { name: 'Bänk, "Ltd"', address: 'login@auth.test' },
  to: 'ada@example.com',
  subject: 'Your account',
  html: '<p>Hello</p>',
  text: 'Hello',
  tags: { kind: 'invitation' },
}
const answering =
  (status: number, body: object | string, headers: Record<string, string> = {}): Fetch =>
  async () =>
    new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
const resend = (send: Fetch) =>
  createResendSender(
    { kind: 'resend', apiKey: 're_key', url: 'https://api.resend.com/', webhookSecret: undefined },
    send,
  )(email)
const account = { kind: 'twilio', accountSid: `AC${'0'.repeat(32)}`, authToken: 't' } as const
const twilio = (send: Fetch, from = '+15005550006') =>
  createTwilioSender(
    { ...account, url: 'https://api.twilio.com/' },
    send,
  )({
    ...{ id: email.id, from, to: '+4915112345678', text: 'Hello' },
  })

/** Statuses and names of https://resend.com/docs/api-reference/errors. */
describe('Resend', () => {
  it('asks its host with key, idempotency key and a quoted name', async () => {
    let asked: { url: string; init: RequestInit } | undefined
    await resend(async (url, init) => {
      asked = { url, init }
      return new Response('{"id":"x"}')
    })
    expect(asked?.url).toBe('https://api.resend.com/emails')
    expect(asked?.init).toMatchObject({ method: 'POST', redirect: 'manual' })
    const headers = new Headers(asked?.init.headers)
    expect(headers.get('authorization')).toBe('Bearer re_key')
    expect(headers.get('idempotency-key')).toBe(email.id)
    expect(JSON.parse(String(asked?.init.body))).toMatchObject({
      from: '"Bänk, \\"Ltd\\"" <login@auth.test>',
      to: ['ada@example.com'],
      tags: [{ name: 'kind', value: 'invitation' }],
    })
  })

  it.each([
    [200, { id: 'x' }, 'sent'],
    // Taken before, with words that have changed since.
    [409, { name: 'invalid_idempotent_request' }, 'sent'],
    [409, { name: 'concurrent_idempotent_requests' }, 'failed'],
    [422, { name: 'validation_error', message: 'Invalid `to` field.' }, 'refused'],
    [400, { name: 'validation_error', message: 'Invalid `to` field.' }, 'refused'],
    [400, { name: 'validation_error', message: 'API key is invalid' }, 'failed'],
    [422, { name: 'invalid_from_address', message: 'Invalid `from` field.' }, 'failed'],
    [401, { name: 'missing_api_key' }, 'failed'],
    [403, { name: 'validation_error', message: 'The example.com domain is not verified' }, 'failed'],
    [429, { name: 'daily_quota_exceeded' }, 'failed'],
    [500, { name: 'internal_server_error' }, 'failed'],
    [503, '<h1>no JSON</h1>', 'failed'],
    [307, '', 'failed'],
  ])('%i %j: %s', async (status, body, outcome) => {
    expect(await resend(answering(status, body))).toMatchObject({ outcome })
  })

  it('a host that cannot be reached, or takes too long', async () => {
    const broken =
      (name: string): Fetch =>
      async () => {
        throw Object.assign(new Error('x'), { name })
      }
    expect(await resend(broken('TypeError'))).toMatchObject({ outcome: 'failed', reason: 'unreachable' })
    expect(await resend(broken('TimeoutError'))).toMatchObject({ outcome: 'failed', reason: 'timeout' })
  })

  it('reads Retry-After, in seconds or as a date', async () => {
    const limited = answering(429, {}, { 'retry-after': '7' })
    expect(await resend(limited)).toMatchObject({ retryAfterMs: 7000 })
    const past = answering(429, {}, { 'retry-after': 'Mon, 23 Nov 2020 08:00:00 GMT' })
    expect(await resend(past)).toMatchObject({ retryAfterMs: 0 })
    expect(await resend(answering(429, {}, { 'retry-after': 'soon' }))).toMatchObject({
      retryAfterMs: undefined,
    })
  })

  it('no reason holds what the provider wrote, which may quote the address', async () => {
    const outcome = await resend(
      answering(422, { name: 'validation_error', message: `${email.to} is invalid` }),
    )
    expect(JSON.stringify(outcome)).not.toContain('ada')
  })
})

/** Codes of https://www.twilio.com/docs/api/errors. */
describe('Twilio', () => {
  it.each([
    [201, { sid: 'SM1' }, 'sent'],
    [400, { code: 21211 }, 'refused'],
    [400, { code: 21610 }, 'refused'],
    [400, { code: 21212 }, 'failed'],
    [401, { code: 20003 }, 'failed'],
    [429, { code: 20429 }, 'failed'],
    [500, '', 'failed'],
  ])('%i %j: %s', async (status, body, outcome) => {
    expect(await twilio(answering(status, body))).toMatchObject({ outcome })
  })

  it('sends by a number or by a messaging service', async () => {
    const forms: URLSearchParams[] = []
    const hear: Fetch = async (_, init) => {
      forms.push(new URLSearchParams(String(init.body)))
      return new Response('{}', { status: 201 })
    }
    const service = `MG${'0'.repeat(32)}`
    await twilio(hear)
    await twilio(hear, service)
    expect(forms[0]?.get('From')).toBe('+15005550006')
    expect([forms[1]?.get('From'), forms[1]?.get('MessagingServiceSid')]).toEqual([null, service])
  })
})

/** Codes of https://developers.cloudflare.com/email-service/api/send-emails/workers-api/#error-codes. */
describe('the binding of Cloudflare', () => {
  const throwing = (code: unknown): EmailBinding => ({
    send: () => Promise.reject(Object.assign(new Error('ada@example.com'), { code })),
  })

  it('takes the parts of a message', async () => {
    const seen: unknown[] = []
    const binding: EmailBinding = { send: async (message) => seen.push(message) }
    expect(await createCloudflareSender(binding)(email)).toEqual({ outcome: 'sent' })
    expect(seen).toEqual([
      expect.objectContaining({ to: email.to, from: { email: 'login@auth.test', name: email.from.name } }),
    ])
  })

  it.each([
    ['E_RECIPIENT_SUPPRESSED', 'refused'],
    ['E_VALIDATION_ERROR', 'refused'],
    ['E_SENDER_NOT_VERIFIED', 'failed'],
    ['E_RATE_LIMIT_EXCEEDED', 'failed'],
    ['E_INTERNAL_SERVER_ERROR', 'failed'],
    [undefined, 'failed'],
    ['E_ada@example.com', 'failed'],
  ])('%s: %s', async (code, outcome) => {
    const answer = await createCloudflareSender(throwing(code))(email)
    expect(answer).toMatchObject({ outcome })
    expect(JSON.stringify(answer)).not.toContain('@')
  })
})
