import { createHmac, createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  generateKeyPair,
  generateSecret,
  importSigningKey,
  publicKeyOf,
  signWebhook,
} from '../../src/webhooks/sign.ts'

const message = { id: '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60', timestamp: 1_674_087_231, body: '{"ä":"€"}' }
const content = `${message.id}.${message.timestamp}.${message.body}`

const opensslVerifies = (publicKey: string, signature: string) => {
  const x = Buffer.from(publicKey.slice('whpk_'.length), 'base64').toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return verify(null, Buffer.from(content), key, Buffer.from(signature.replace('v1a,', ''), 'base64'))
}

describe('signWebhook', () => {
  it('signs id.timestamp.body with HMAC-SHA256, as v1 (Standard Webhooks, signature scheme)', async () => {
    const secret = generateSecret()
    const headers = await signWebhook(message, [await importSigningKey(secret)])
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    expect(headers).toEqual({
      'webhook-id': message.id,
      'webhook-timestamp': '1674087231',
      'webhook-signature': `v1,${createHmac('sha256', key).update(content).digest('base64')}`,
    })
  })

  it('gives the signature of the example in the specification of Svix’ and Standard Webhooks’ libraries', async () => {
    const key = await importSigningKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
    const headers = await signWebhook(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' },
      [key],
    )
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  it('signs with ed25519, as v1a', async () => {
    const { privateKey, publicKey } = await generateKeyPair()
    const headers = await signWebhook(message, [await importSigningKey(privateKey)])
    expect(headers['webhook-signature']).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/)
    expect(opensslVerifies(publicKey, headers['webhook-signature'])).toBe(true)
    expect(publicKeyOf(privateKey)).toBe(publicKey)
  })

  it('has one signature for each key while keys are exchanged', async () => {
    const { privateKey } = await generateKeyPair()
    const texts = [generateSecret(), generateSecret(), privateKey]
    const keys = await Promise.all(texts.map(importSigningKey))
    const { 'webhook-signature': header } = await signWebhook(message, keys)
    const alone = await Promise.all(keys.map((key) => signWebhook(message, [key])))
    expect(header).toBe(alone.map((headers) => headers['webhook-signature']).join(' '))
  })

  it('refuses an id that could move the borders of what is signed', async () => {
    const key = await importSigningKey(generateSecret())
    for (const id of ['a.1', '', 'a b', 'a\n']) {
      await expect(signWebhook({ ...message, id }, [key])).rejects.toThrow('webhook id')
    }
    await expect(signWebhook({ ...message, timestamp: 1.5 }, [key])).rejects.toThrow('whole seconds')
    await expect(signWebhook(message, [])).rejects.toThrow('needs a key')
  })
})

describe('importSigningKey', () => {
  const base64 = (length: number) => Buffer.alloc(length, 7).toString('base64')

  it.each([24, 32, 64])('takes a secret of %i bytes', async (length) => {
    expect((await importSigningKey(`whsec_${base64(length)}`)).kind).toBe('hmac')
  })

  it.each([
    ['a secret that is too short', `whsec_${base64(23)}`],
    ['a secret that is too long', `whsec_${base64(65)}`],
    ['a secret that is no base64', 'whsec_%%%%'],
    ['a secret without prefix', base64(32)],
    ['a public key', `whpk_${base64(32)}`],
    ['a private key without its public half', `whsk_${base64(32)}`],
    ['nothing', ''],
  ])('refuses %s without quoting it', async (_name, text) => {
    const refused = importSigningKey(text)
    await expect(refused).rejects.toThrow('not a whsec_ secret or whsk_ key')
    if (text !== '') await expect(refused).rejects.not.toThrow(text)
  })

  it('keeps keys that cannot be read again', async () => {
    const { privateKey } = await generateKeyPair()
    for (const text of [generateSecret(), privateKey]) {
      expect((await importSigningKey(text)).key.extractable).toBe(false)
    }
  })
})
