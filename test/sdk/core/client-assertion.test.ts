/** `private_key_jwt` (RFC 7523 §2.2), checked by jose, which knows nothing of this signer. */
import { generateKeyPairSync } from 'node:crypto'
import { clientAssertion } from '@authly-server/core'
import { exportJWK, exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'

const issuer = 'https://auth.example.com'
const algorithms = ['ES256', 'ES384', 'ES512', 'RS256', 'RS512', 'PS256', 'PS384', 'EdDSA', 'Ed25519']

describe('an assertion of a client', () => {
  it.each(algorithms)('%s is good, from a JWK, from PEM and from an imported key', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = { ...(await exportJWK(privateKey)), alg, use: 'sig', key_ops: ['sign'] }
    for (const key of [jwk, await exportPKCS8(privateKey), privateKey as CryptoKey]) {
      const assert = clientAssertion(issuer, 'reports', { key, alg, kid: 'k1' })
      const { client_assertion = '', client_assertion_type } = await assert()
      expect(client_assertion_type).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
      const { payload, protectedHeader } = await jwtVerify(client_assertion, publicKey)
      expect(protectedHeader).toEqual({ alg, kid: 'k1' })
      expect(payload).toEqual({
        ...{ iss: 'reports', sub: 'reports', aud: issuer },
        jti: expect.stringMatching(/^[\w-]{43}$/),
        iat: expect.any(Number),
        exp: Number(payload.iat) + 60,
      })
    }
  })

  it('is another one each time: the server takes each once', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const assert = clientAssertion(issuer, 'reports', { key: privateKey as CryptoKey, alg: 'ES256' })
    expect((await assert())['client_assertion']).not.toBe((await assert())['client_assertion'])
  })

  it.each(['none', 'HS256', 'RS1', 'ES256K', 'toString', ''])(
    'is not made with the algorithm %j',
    async (alg) => {
      const { privateKey } = await generateKeyPair('ES256')
      expect(() => clientAssertion(issuer, 'reports', { key: privateKey as CryptoKey, alg })).toThrow(
        TypeError,
      )
    },
  )

  it('is not made with a key of another kind, a short one, or text that is no key', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    const pem = String(short.export({ type: 'pkcs8', format: 'pem' }))
    const made = (key: Parameters<typeof clientAssertion>[2]['key'], alg: string) =>
      clientAssertion(issuer, 'reports', { key, alg })()
    await expect(made(await exportPKCS8(privateKey), 'RS256')).rejects.toThrow()
    await expect(made(privateKey as CryptoKey, 'PS256')).rejects.toThrow()
    await expect(made(pem, 'RS256')).rejects.toThrow('2048')
    await expect(made('secret', 'ES256')).rejects.toThrow('PKCS #8')
  })
})
