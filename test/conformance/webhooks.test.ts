/** Webhooks as others verify them: the libraries of Standard Webhooks for JavaScript and Python, and our own package. */
import { createWebhookVerifier } from '@authly-server/webhooks'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { beforeAll, describe, expect, it } from 'vitest'
import { payloadOf, type TrailEvent } from '../../src/webhooks/payload.ts'
import { generateKeyPair, generateSecret, importSigningKey, signWebhook } from '../../src/webhooks/sign.ts'
import { installTimeoutMs, pythonClients } from './clients/install.ts'
import { converse, type Program } from './clients/program.ts'
import { isPythonInstalled } from './installed-program.ts'

const event: TrailEvent = {
  ...{ id: '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60', type: 'user.updated', outcome: 'success' },
  occurred_at: '2026-11-23T09:00:00.000000Z',
  ...{ actor_type: 'user', actor_id: 'grace', user_id: 'ada', client_id: null, session_id: null },
  ...{ entity_type: 'user', entity_id: 'ada', request_id: null, data: {} },
  changes: { name: { before: 'Zoë', after: '李 👩‍🚀 "quoted" \u2028' } },
}
const body = payloadOf(event, 7)

async function signed(...secrets: readonly string[]) {
  const keys = await Promise.all(secrets.map(importSigningKey))
  const headers = await signWebhook({ id: event.id, timestamp: Math.floor(Date.now() / 1000), body }, keys)
  return { ...headers }
}
const altered = body.replace('user.updated', 'user.deleted')

describe('standardwebhooks of npm', () => {
  it('verifies what we sign, alone and during a rotation', async () => {
    const [former, next] = [generateSecret(), generateSecret()]
    const { privateKey } = await generateKeyPair()
    for (const headers of [await signed(next), await signed(former, next), await signed(privateKey, next)]) {
      expect(new Webhook(next).verify(body, headers)).toEqual(JSON.parse(body))
    }
  })

  it('refuses an altered body and another secret', async () => {
    const secret = generateSecret()
    const headers = await signed(secret)
    expect(() => new Webhook(secret).verify(altered, headers)).toThrow(WebhookVerificationError)
    expect(() => new Webhook(generateSecret()).verify(body, headers)).toThrow(WebhookVerificationError)
  })

  it('signs what our package verifies', async () => {
    const secret = generateSecret()
    const at = new Date()
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg_1', at, body),
    }
    const verify = createWebhookVerifier({ secrets: [secret] })
    expect(await verify({ headers, body })).toEqual(JSON.parse(body))
    await expect(verify({ headers, body: altered })).rejects.toMatchObject({ code: 'invalid_signature' })
  })
})

describe.runIf(isPythonInstalled('Python'))('in Python', () => {
  let receiver: Program
  beforeAll(async () => {
    receiver = (await pythonClients())('webhook_receiver')
  }, installTimeoutMs)

  it('standardwebhooks of PyPI verifies what we sign, alone and during a rotation', async () => {
    const [former, next] = [generateSecret(), generateSecret()]
    for (const headers of [await signed(next), await signed(former, next)]) {
      const said = await converse(receiver, { secret: next, headers, body })
      expect(said.result).toEqual({ event: JSON.parse(body) })
    }
  })

  it('standardwebhooks of PyPI refuses an altered body', async () => {
    const secret = generateSecret()
    const said = await converse(receiver, { secret, headers: await signed(secret), body: altered })
    expect(said.refused).toMatchObject({ error: 'not_verified' })
  })

  it('cryptography verifies our ed25519 signatures with the whpk_ key, beside HMAC too', async () => {
    const { privateKey, publicKey } = await generateKeyPair()
    const headers = await signed(generateSecret(), privateKey)
    const ask = async (text: string) =>
      (await converse(receiver, { public_key: publicKey, headers, body: text })).result
    expect(await ask(body)).toEqual({ is_good: true })
    expect(await ask(altered)).toEqual({ is_good: false })
  })
})
