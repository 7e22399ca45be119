/** Signing in workerd, whose WebCrypto is another one than that of Node; and our package there, for receivers on Workers. */
import { describe, expect, it } from 'vitest'
import { createWebhookVerifier } from '../../sdk/js/webhooks/src/index.ts'
import vectors from '../../sdk/vectors/webhook-signatures.json' with { type: 'json' }
import {
  generateKeyPair,
  generateSecret,
  importSigningKey,
  publicKeyOf,
  signWebhook,
} from '../../src/webhooks/sign.ts'

describe('in workerd', () => {
  it('signs with fresh keys of either kind what receivers verify', async () => {
    const secret = generateSecret()
    const { privateKey, publicKey } = await generateKeyPair()
    expect(publicKeyOf(privateKey)).toBe(publicKey)
    const keys = await Promise.all([secret, privateKey].map(importSigningKey))
    const body = '{"type":"user.created","data":{}}'
    const headers = { ...(await signWebhook({ id: 'e1', timestamp: 1_795_424_400, body }, keys)) }
    const now = () => 1_795_424_400_000
    for (const known of [{ secrets: [secret] }, { publicKeys: [publicKey] }]) {
      const verify = createWebhookVerifier({ ...known, now })
      expect((await verify({ headers, body })).type).toBe('user.created')
      await expect(verify({ headers, body: body.replace('created', 'deleted') })).rejects.toMatchObject({
        code: 'invalid_signature',
      })
    }
  })

  it('decides every vector as it says', async () => {
    for (const { name, input, expect: expected } of vectors.cases) {
      const verify = createWebhookVerifier({
        secrets: 'secrets' in input ? (input.secrets ?? []) : [],
        publicKeys: 'public_keys' in input ? (input.public_keys ?? []) : [],
        toleranceSeconds: 'tolerance_seconds' in input ? (input.tolerance_seconds ?? 300) : 300,
        now: () => input.now * 1000,
      })
      const bytes = Uint8Array.from(atob(input.body_base64 ?? ''), (byte) => byte.charCodeAt(0))
      const outcome = await verify({ headers: input.headers, body: input.body ?? bytes }).then(
        ({ type }) => ({ type }),
        ({ code }) => ({ error: code }),
      )
      expect(outcome, name).toEqual(expected)
    }
  })
})
