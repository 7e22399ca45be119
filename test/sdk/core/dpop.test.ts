import { createDpopKey, dpopProof } from '@authly-server/core'
import { calculateJwkThumbprint, importJWK, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'

describe('a DPoP proof (RFC 9449 §4.2)', () => {
  it('is signed by the key that it shows, for one request, as jose verifies it', async () => {
    const key = await createDpopKey()
    const input = {
      method: 'POST',
      url: 'https://api.example/orders?page=2#x',
      accessToken: 'the-token',
      nonce: 'n',
    }
    const proof = await dpopProof(key, input)
    const { payload, protectedHeader } = await jwtVerify(proof, await importJWK(key.publicJwk, 'ES256'), {
      typ: 'dpop+jwt',
    })
    expect(protectedHeader).toEqual({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicJwk })
    expect(payload).toEqual({
      jti: expect.stringMatching(/^[\w-]{43}$/),
      htm: 'POST',
      htu: 'https://api.example/orders',
      iat: expect.any(Number),
      // SHA-256 of "the-token".
      ath: 'wqc_z2HfvcrceaELozCy7162b8Cmc17Wm3lrs8l7l64',
      nonce: 'n',
    })
    expect(Math.abs((payload.iat ?? 0) - Date.now() / 1000)).toBeLessThan(60)
  })

  it('shows nothing of the private key, which nobody can export', async () => {
    const key = await createDpopKey()
    expect(Object.keys(key.publicJwk).toSorted()).toEqual(['crv', 'kty', 'x', 'y'])
    expect(key.privateKey.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('jwk', key.privateKey)).rejects.toThrow()
  })

  it('has the thumbprint of RFC 7638', async () => {
    const { publicJwk, thumbprint } = await createDpopKey()
    expect(thumbprint).toBe(await calculateJwkThumbprint({ ...publicJwk }))
  })
})
