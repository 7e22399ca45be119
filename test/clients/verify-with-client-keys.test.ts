/** Keys of clients are imported once, and count no longer than the client has them. */
import { exportJWK, generateKeyPair, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose'
import { afterEach, expect, test, vi } from 'vitest'
import { verifyWithClientKeys } from '../../src/clients/verify-with-client-keys.ts'
import { aClient } from '../fakes/client.ts'

afterEach(() => vi.restoreAllMocks())

const client = aClient({})

async function aKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' },
    sign: (): Promise<string> => new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey),
  }
}

const verify = (jwks: JSONWebKeySet, jwt: string): Promise<unknown> =>
  verifyWithClientKeys({ fetchClientJwks: async () => jwks }, client, (key) => jwtVerify(jwt, key))

test('a key is imported for the first signature, not for each', async () => {
  const key = await aKey('one')
  const jwks = { keys: [key.jwk] }
  const imported = vi.spyOn(crypto.subtle, 'importKey')
  for (let index = 0; index < 3; index += 1) {
    expect(await verify(jwks, await key.sign())).toMatchObject({ protectedHeader: { kid: 'one' } })
  }
  expect(imported).toHaveBeenCalledTimes(1)
})

// Attack: a key was stolen, its owner replaces it under the same kid; whoever has the old one signs on.
test('a key that was replaced counts no more, even under the same kid', async () => {
  const stolen = await aKey('one')
  const next = await aKey('one')
  expect(await verify({ keys: [stolen.jwk] }, await stolen.sign())).toBeDefined()
  const replaced = { keys: [next.jwk] }
  await expect(verify(replaced, await stolen.sign())).rejects.toThrow('signature verification failed')
  expect(await verify(replaced, await next.sign())).toBeDefined()
  await expect(verify({ keys: [] }, await next.sign())).rejects.toThrow('no applicable key')
})
