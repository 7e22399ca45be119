/** Reports of Resend, as its webhook sends them, against the worker. */
import {
  createExecutionContext,
  env,
  listDurableObjectIds,
  runDurableObjectAlarm,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { describe, expect, test, vi } from 'vitest'
import { auditEvents } from '../../src/db/schema.ts'
import { readResendReport } from '../../src/delivery/senders/resend-report.ts'
import { delay } from '../../src/kit/delay.ts'
import worker from '../../src/worker.ts'
import { testDatabase } from '../fakes/database.ts'
import { openProvider } from './message-provider.ts'

/** Of https://docs.svix.com/receiving/verifying-payloads/how-manual, with its signature. */
const published = {
  secret: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
}
const headersOf = (id: string, timestamp: number | string, signature: string): Headers =>
  new Headers({ 'svix-id': id, 'svix-timestamp': String(timestamp), 'svix-signature': signature })

const secret = btoa('a signing secret of 32 bytes ...')
const userId = '0197b0de-0000-7000-8000-0000000000aa'

async function signedReport(
  body: string,
  timestamp = Math.floor(Date.now() / 1000),
  id = `msg_${crypto.randomUUID()}`,
) {
  const bytes = Uint8Array.from(atob(secret), (character) => character.charCodeAt(0))
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`${id}.${timestamp}.${body}`))
  const signature = btoa(String.fromCharCode(...new Uint8Array(mac)))
  return { headers: headersOf(id, timestamp, `v1,${signature}`), body }
}

/** As https://resend.com/docs/webhooks/emails/bounced shows it. */
const bounced = (tags: unknown = { kind: 'invitation', user_id: userId }, type = 'email.bounced'): string =>
  JSON.stringify({
    type,
    created_at: '2026-11-28T00:25:54.563Z',
    data: {
      broadcast_id: '8b146471-e88e-4322-86af-016cd36fd216',
      created_at: '2026-11-28T00:25:53.000Z',
      email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
      from: 'Acme <login@auth.test>',
      to: ['ada@example.com'],
      subject: 'An invitation',
      bounce: { message: 'The mailbox does not exist.', subType: 'Suppressed', type: 'Permanent' },
      tags,
    },
  })

describe('what is believed', () => {
  test('a published signature, within five minutes, beside another one', async () => {
    const { id, timestamp, body, signature } = published
    const read = (now: number, signatures: string) =>
      readResendReport({ headers: headersOf(id, timestamp, signatures), body }, published.secret, now * 1000)
    expect(await read(timestamp, signature)).toBe('ignored')
    expect(await read(timestamp + 300, `v1,${'A'.repeat(43)}= ${signature}`)).toBe('ignored')
    expect(await read(timestamp + 301, signature)).toBeUndefined()
    expect(await read(timestamp - 301, signature)).toBeUndefined()
    expect(await read(timestamp, signature.replace('v1,', 'v1a,'))).toBeUndefined()
    expect(await read(timestamp, 'v1,')).toBeUndefined()
  })

  test('the reason of a bounce, the account, and the same id when it is repeated', async () => {
    const report = await signedReport(bounced())
    const read = await readResendReport(report, secret, Date.now())
    expect(read).toMatchObject({ kind: 'invitation', user_id: userId, reason: 'permanent' })
    expect(await readResendReport(report, secret, Date.now())).toEqual(read)
  })

  test.each([
    [
      'a list of tags',
      bounced([{ name: 'kind', value: 'invitation' }]),
      { kind: 'invitation', user_id: undefined },
    ],
    ['a made-up account', bounced({ kind: 'invitation', user_id: 'x' }), { user_id: undefined }],
    [
      'a complaint',
      bounced(undefined, 'email.complained').replace(/"bounce":\{[^}]*\},/, ''),
      { reason: 'complaint' },
    ],
    ['no tags', bounced(null), 'ignored'],
    ['tags of another program', bounced({ kind: 'Weekly News!' }), 'ignored'],
    ['a message that arrived', bounced(undefined, 'email.delivered'), 'ignored'],
    ['a prototype for a type', bounced(undefined, 'constructor'), 'ignored'],
    ['no JSON', 'bounced', 'ignored'],
    ['another shape', '[]', 'ignored'],
  ])('%s', async (_name, body, expected) => {
    const read = await readResendReport(await signedReport(body), secret, Date.now())
    if (typeof expected === 'string') expect(read).toBe(expected)
    else expect(read).toMatchObject(expected)
  })
})

describe('POST /delivery/resend', () => {
  const { vars } = openProvider({ AUTHLY_RESEND_WEBHOOK_SECRET: `whsec_${secret}` })

  async function post(report: { headers: Headers; body: string }, bindings: object = vars): Promise<number> {
    const ctx = createExecutionContext()
    const request = new Request('https://auth.test/delivery/resend', { method: 'POST', ...report })
    const response = await worker.fetch(request, { ...env, ...bindings } as Env, ctx)
    await waitOnExecutionContext(ctx)
    return response.status
  }

  async function bouncesOf(user_id: string) {
    for (const id of await listDurableObjectIds(env.AUDIT_OUTBOX)) {
      await runDurableObjectAlarm(env.AUDIT_OUTBOX.get(id))
    }
    return testDatabase().select().from(auditEvents).where(eq(auditEvents.user_id, user_id))
  }

  test('a bounce becomes one event, without the address, however often it is reported', async () => {
    const user_id = crypto.randomUUID()
    const report = await signedReport(bounced({ kind: 'invitation', user_id }))
    expect([await post(report), await post(report)]).toEqual([200, 200])
    const events = await vi.waitFor(async () => {
      const found = await bouncesOf(user_id)
      expect(found).not.toEqual([])
      return found
    })
    expect(events).toMatchObject([
      {
        ...{ type: 'message.bounced', outcome: 'failure', actor_type: 'system', ip: null },
        data: { kind: 'invitation', channel: 'email', provider: 'resend', reason: 'permanent' },
      },
    ])
    expect(JSON.stringify(events)).not.toContain('ada@example.com')
  })

  test('nothing happens without a signature, with a changed body, or where no secret is set', async () => {
    const user_id = crypto.randomUUID()
    const report = await signedReport(bounced({ kind: 'invitation', user_id }))
    const forged = headersOf('msg_1', Math.floor(Date.now() / 1000), '')
    expect(await post({ ...report, headers: forged })).toBe(400)
    expect(await post({ ...report, body: report.body.replace('Permanent', 'Transient') })).toBe(400)
    expect(await post(report, { ...vars, AUTHLY_RESEND_WEBHOOK_SECRET: undefined })).toBe(404)
    expect(await post(await signedReport('x'.repeat(65_537)))).toBe(413)
    await delay(300)
    expect(await bouncesOf(user_id)).toEqual([])
  })
})
