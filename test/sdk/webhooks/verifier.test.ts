import { createWebhookVerifier, WebhookError, type WebhookEvent } from '@authly-server/webhooks'
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { payloadOf } from '../../../src/webhooks/payload.ts'
import { generateKeyPair, generateSecret, importSigningKey, signWebhook } from '../../../src/webhooks/sign.ts'

const id = '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60'
const nowSeconds = 1_795_424_400
const now = () => nowSeconds * 1000
const body = payloadOf(
  {
    ...{ id, type: 'user.updated', occurred_at: '2026-11-23T09:00:00.000000Z', outcome: 'success' },
    ...{ actor_type: 'user', actor_id: 'grace', user_id: 'ada', client_id: null, session_id: null },
    ...{ entity_type: 'user', entity_id: 'ada', request_id: null, data: {} },
    changes: { name: { before: 'Ada', after: 'Ada Łovelace' } },
  },
  7,
)

async function signed(secrets: readonly string[], more: Partial<Parameters<typeof signWebhook>[0]> = {}) {
  const keys = await Promise.all(secrets.map(importSigningKey))
  const message = { id, timestamp: nowSeconds, body, ...more }
  return { headers: { ...(await signWebhook(message, keys)) }, body: message.body }
}
const refusalOf = async (verification: Promise<unknown>): Promise<WebhookError> => {
  const error = await verification.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(WebhookError)
  return error as WebhookError
}

const secret = generateSecret()

describe('a verifier', () => {
  const verify = createWebhookVerifier({ secrets: [secret], now })

  it('returns what the server sent, as text, bytes, ArrayBuffer, Buffer or Request', async () => {
    const { headers } = await signed([secret])
    const bytes = new TextEncoder().encode(body)
    const padded = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('after')])
    const window = padded.subarray(6, 6 + bytes.length)
    for (const form of [body, bytes, bytes.buffer, Buffer.from(body), window]) {
      expect(await verify({ headers, body: form })).toEqual(JSON.parse(body))
    }
    const request = new Request('https://app.example/', { method: 'POST', headers, body })
    expect(await verify(request)).toEqual(JSON.parse(body))
  })

  it('takes the events of the server apart by their type', async () => {
    const event = await verify(await signed([secret]))
    expectTypeOf(event).toEqualTypeOf<WebhookEvent>()
    if (event.type === 'session.ended') {
      expectTypeOf(event.data.details.reason).toEqualTypeOf<string | undefined>()
    }
    if (event.type === 'user.updated') expect(event.data.changes?.['name']?.after).toBe('Ada Łovelace')
    else expect.unreachable()
  })

  it('takes the request of Express as it is, after a raw parser', async () => {
    const { headers } = await signed([secret])
    const request = {
      headers: { ...headers, host: 'app.example', 'x-more': ['a', 'b'] },
      body: Buffer.from(body),
    }
    expect((await verify(request)).type).toBe('user.updated')
  })

  it('says what is wrong when a parser has made an object of the body', async () => {
    const { headers } = await signed([secret])
    // biome-ignore lint/suspicious/noExplicitAny: what untyped code passes
    for (const parsed of [JSON.parse(body), {}, undefined, null, 7] as any[]) {
      const error = await refusalOf(verify({ headers, body: parsed }))
      expect(error).toMatchObject({ code: 'body_not_raw', status: 500 })
    }
    const request = new Request('https://app.example/', { method: 'POST', headers, body })
    await request.json()
    expect(await refusalOf(verify(request))).toMatchObject({ code: 'body_not_raw' })
  })

  it('reads no more of a body than a webhook can have', async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(10_000))
      },
    })
    const { headers } = await signed([secret])
    const init = { method: 'POST', headers, body: endless, duplex: 'half' }
    const error = await refusalOf(verify(new Request('https://app.example/', init)))
    expect(error).toMatchObject({ code: 'body_too_large', status: 413 })
    expect(pulled).toBeLessThan(10)
    expect(await refusalOf(verify({ headers, body: 'x'.repeat(70_000) }))).toMatchObject({
      code: 'body_too_large',
    })
  })

  it('looks at sixteen signatures at most', async () => {
    const { headers } = await signed([secret])
    const foreign = `v1,${Buffer.alloc(32).toString('base64')}`
    const among = (count: number) =>
      verify({
        body,
        headers: {
          ...headers,
          'webhook-signature': `${`${foreign} `.repeat(count)}${headers['webhook-signature']}`,
        },
      })
    await expect(among(15)).resolves.toBeDefined()
    expect(await refusalOf(among(16))).toMatchObject({ code: 'invalid_signature' })
  })

  it('answers without a word about the reason', async () => {
    const { headers } = await signed([generateSecret()])
    const error = await refusalOf(verify({ headers, body }))
    const response = error.toResponse()
    expect(response.status).toBe(400)
    expect(await response.text()).toBe('')
    expect(`${error.message} ${error.stack}`).not.toContain(secret)
  })
})

describe('replays', () => {
  it('an event that was handled is refused with a status that stops the sender', async () => {
    const handled = new Set<string>()
    const verify = createWebhookVerifier({ secrets: [secret], now, seen: (event) => handled.has(event) })
    const incoming = await signed([secret])
    await verify(incoming)
    // Handling failed: the next attempt gets through, with another timestamp.
    const again = await signed([secret], { timestamp: nowSeconds + 5 })
    await verify(again)
    handled.add(id)
    const error = await refusalOf(verify(incoming))
    expect(error).toMatchObject({ code: 'replayed', status: 200 })
  })

  it('nobody but the sender can ask what was handled, or have an id remembered', async () => {
    const asked: string[] = []
    const verify = createWebhookVerifier({
      ...{ secrets: [secret], now },
      seen: async (event) => {
        asked.push(event)
        return false
      },
    })
    const { headers } = await signed([generateSecret()])
    await refusalOf(verify({ headers, body }))
    expect(asked).toEqual([])
    await verify(await signed([secret]))
    expect(asked).toEqual([id])
  })

  it('a webhook that was recorded is refused after the tolerance, and cannot be given another time or id', async () => {
    const recorded = await signed([secret])
    const later = createWebhookVerifier({ secrets: [secret], now: () => (nowSeconds + 301) * 1000 })
    expect(await refusalOf(later(recorded))).toMatchObject({ code: 'too_old' })
    for (const change of [{ 'webhook-timestamp': String(nowSeconds + 301) }, { 'webhook-id': 'another' }]) {
      const headers = { ...recorded.headers, ...change }
      const error = await refusalOf(
        (change['webhook-id'] ? createWebhookVerifier({ secrets: [secret], now }) : later)({
          ...recorded,
          headers,
        }),
      )
      expect(error).toMatchObject({ code: 'invalid_signature' })
    }
  })
})

describe('downgrades', () => {
  it('a receiver that has only a public key takes nothing but ed25519, whatever is known of it', async () => {
    const { privateKey, publicKey } = await generateKeyPair()
    const verify = createWebhookVerifier({ publicKeys: [publicKey], now })
    await expect(verify(await signed([privateKey]))).resolves.toBeDefined()
    // The attacker knows the public key and its text.
    for (const known of [publicKey.slice('whpk_'.length), Buffer.from(publicKey).toString('base64')]) {
      const forged = await signed([`whsec_${known}`])
      expect(await refusalOf(verify(forged))).toMatchObject({ code: 'invalid_signature' })
      const renamed = {
        ...forged.headers,
        'webhook-signature': forged.headers['webhook-signature'].replace('v1,', 'v1a,'),
      }
      expect(await refusalOf(verify({ headers: renamed, body }))).toMatchObject({ code: 'invalid_signature' })
    }
  })

  it('after a rotation the former secret opens nothing', async () => {
    const [former, next] = [generateSecret(), generateSecret()]
    const overlap = await signed([former, next])
    await expect(createWebhookVerifier({ secrets: [next], now })(overlap)).resolves.toBeDefined()
    const error = await refusalOf(createWebhookVerifier({ secrets: [next], now })(await signed([former])))
    expect(error).toMatchObject({ code: 'invalid_signature' })
  })
})

describe('keys', () => {
  const incoming = signed([secret])

  it.each<[string, { secrets?: string[]; publicKeys?: string[] }]>([
    ['a public key among the secrets', { secrets: [`whpk_${Buffer.alloc(32).toString('base64')}`] }],
    ['a secret among the public keys', { publicKeys: [secret] }],
    ['a private key of the sender', { publicKeys: [`whsk_${Buffer.alloc(64).toString('base64')}`] }],
    ['a private key among the secrets', { secrets: [`whsk_${Buffer.alloc(64).toString('base64')}`] }],
    ['a secret without prefix', { secrets: [secret.slice('whsec_'.length)] }],
    ['an empty secret', { secrets: ['whsec_'] }],
    ['a short secret', { secrets: [`whsec_${Buffer.alloc(23).toString('base64')}`] }],
    ['a secret that is no base64', { secrets: ['whsec_?'] }],
    ['a short public key', { publicKeys: [`whpk_${Buffer.alloc(31).toString('base64')}`] }],
    ['one good and one bad key', { secrets: [secret, 'whsec_'] }],
  ])('%s is a mistake of the application, which is told without quoting it', async (_name, keys) => {
    const verification = createWebhookVerifier({ ...keys, now })(await incoming)
    await expect(verification).rejects.toThrow(TypeError)
    const key = [...(keys.secrets ?? []), ...(keys.publicKeys ?? [])].at(-1) ?? ''
    if (key.length > 10) await expect(verification).rejects.not.toThrow(key.slice(6))
  })

  it('none at all is one too', () => {
    expect(() => createWebhookVerifier({ secrets: [] })).toThrow(TypeError)
    expect(() => createWebhookVerifier()).toThrow('AUTHLY_WEBHOOK_SECRET')
    expect(() => createWebhookVerifier({ secrets: [secret], toleranceSeconds: Number.NaN })).toThrow(
      TypeError,
    )
  })

  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it('come from AUTHLY_WEBHOOK_SECRET when none is given, several of either kind', async () => {
    const { privateKey, publicKey } = await generateKeyPair()
    vi.stubEnv('AUTHLY_WEBHOOK_SECRET', `${secret}, ${publicKey}`)
    const verify = createWebhookVerifier({ now })
    await expect(verify(await signed([secret]))).resolves.toBeDefined()
    await expect(verify(await signed([privateKey]))).resolves.toBeDefined()
    expect(await refusalOf(verify(await signed([generateSecret()])))).toMatchObject({
      code: 'invalid_signature',
    })
  })
})
