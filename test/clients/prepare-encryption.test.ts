import { compactDecrypt, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import type { Client } from '../../src/clients/client.ts'
import { encryptedResponses } from '../../src/clients/encryption.ts'
import { chooseEncryptionKey, mayEncryptTo } from '../../src/clients/encryption-key.ts'
import { createPrepareEncryption } from '../../src/clients/prepare-encryption.ts'
import { contentEncryptions, encryptionAlgs } from '../../src/keys/algorithms.ts'
import { aClient } from '../fakes/client.ts'

const rsa = { kty: 'RSA', e: 'AQAB', n: 'x'.repeat(342) }
const ec = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) }

describe('a key of a client', () => {
  test.each([
    [rsa, 'RSA-OAEP-256', true],
    [{ ...rsa, use: 'enc', alg: 'RSA-OAEP-256' }, 'RSA-OAEP-256', true],
    [ec, 'ECDH-ES', true],
    [{ ...ec, crv: 'P-521' }, 'ECDH-ES+A256KW', true],
    [{ kty: 'OKP', crv: 'X25519', x: 'x'.repeat(43) }, 'ECDH-ES+A128KW', true],
    [{ ...rsa, use: 'sig' }, 'RSA-OAEP-256', false],
    [{ ...rsa, alg: 'RS256' }, 'RSA-OAEP-256', false],
    [{ ...rsa, alg: 'RSA1_5' }, 'RSA-OAEP-256', false],
    [{ ...rsa, alg: 'RSA-OAEP' }, 'RSA-OAEP-256', false],
    [{ ...rsa, key_ops: ['verify'] }, 'RSA-OAEP-256', false],
    [{ ...rsa, n: 'x'.repeat(171) }, 'RSA-OAEP-256', false],
    [{ ...rsa, n: 'x'.repeat(20_000) }, 'RSA-OAEP-256', false],
    [{ ...rsa, n: 7 }, 'RSA-OAEP-256', false],
    [ec, 'RSA-OAEP-256', false],
    [rsa, 'ECDH-ES', false],
    [{ ...ec, alg: 'ECDH-ES' }, 'ECDH-ES+A128KW', false],
    [{ ...ec, crv: 'secp256k1' }, 'ECDH-ES', false],
    [{ kty: 'OKP', crv: 'Ed25519', x: 'x'.repeat(43) }, 'ECDH-ES', false],
    [{ kty: 'oct', k: 'secret' }, 'ECDH-ES', false],
    [{ kty: 'constructor' }, 'ECDH-ES', false],
  ] as const)('%j for %s: %s (RFC 7517 §4)', (key, alg, fits) => {
    expect(mayEncryptTo(key, alg)).toBe(fits)
  })

  test('for encryption comes before one that does not say what it is for', () => {
    const keys = [{ ...ec, kid: 'sig', use: 'sig' }, ec, { ...ec, kid: 'enc', use: 'enc' }]
    expect(chooseEncryptionKey(keys, 'ECDH-ES')).toBe(keys[2])
    expect(chooseEncryptionKey(keys.slice(0, 2), 'ECDH-ES')).toBe(keys[1])
    expect(chooseEncryptionKey(keys.slice(0, 1), 'ECDH-ES')).toBeUndefined()
  })
})

describe('encryption to a client (RFC 7516)', () => {
  const fetched = { keys: [] as JWK[] }
  const asked: boolean[] = []
  const prepareEncryption = createPrepareEncryption({
    fetchClientJwks: async (client, options) => {
      if (client.jwks) return client.jwks as unknown as JSONWebKeySet
      asked.push(options?.stale ?? false)
      return options?.stale ? fetched : { keys: [] }
    },
  })
  const keyOf = async (alg: (typeof encryptionAlgs)[number], crv?: string) => {
    const pair = await generateKeyPair(alg, { extractable: true, ...(crv ? { crv } : {}) })
    return { privateKey: pair.privateKey, jwk: { ...(await exportJWK(pair.publicKey)), kid: 'k' } }
  }
  const prepared = async (client: Client) => {
    const encrypt = await prepareEncryption(client, 'id_token')
    if (!encrypt.ok || !encrypt.value) throw new Error('must encrypt')
    return encrypt.value
  }

  const combinations = encryptionAlgs.flatMap((alg) => contentEncryptions.map((enc) => [alg, enc] as const))
  test.each(combinations)('%s with %s', async (alg, enc) => {
    const { privateKey, jwk } = await keyOf(alg)
    const client = aClient({
      jwks: { keys: [jwk] },
      id_token_encrypted_response_alg: alg,
      id_token_encrypted_response_enc: enc,
    })
    const opened = await compactDecrypt(await (await prepared(client))('Zoë', 'JWT'), privateKey)
    expect(new TextDecoder().decode(opened.plaintext)).toBe('Zoë')
    expect(opened.protectedHeader).toMatchObject({ alg, enc, kid: 'k', cty: 'JWT' })
  })

  test.each(['P-384', 'P-521', 'X25519'])('to a key on %s', async (crv) => {
    const { privateKey, jwk } = await keyOf('ECDH-ES', crv)
    const client = aClient({ jwks: { keys: [jwk] }, id_token_encrypted_response_alg: 'ECDH-ES' })
    const opened = await compactDecrypt(await (await prepared(client))('text'), privateKey)
    // OpenID Connect Registration §2.
    expect(opened.protectedHeader.enc).toBe('A128CBC-HS256')
    expect(opened.protectedHeader).not.toHaveProperty('cty')
  })

  test.each(encryptedResponses)('%s: only for clients that registered it', async (response) => {
    const { jwk } = await keyOf('ECDH-ES')
    const client = aClient({ jwks: { keys: [jwk] }, [`${response}_encrypted_response_alg`]: 'ECDH-ES' })
    for (const other of encryptedResponses) {
      const encrypt = await prepareEncryption(client, other)
      expect(encrypt.ok && encrypt.value !== undefined).toBe(other === response)
    }
  })

  test('asks past the cache for a key that is new at the address', async () => {
    const { jwk } = await keyOf('ECDH-ES')
    fetched.keys = [jwk]
    const client = aClient({
      jwks_uri: 'https://app.example/jwks',
      id_token_encrypted_response_alg: 'ECDH-ES',
    })
    expect(await (await prepared(client))('text')).toMatch(/^[\w-]+\.\./)
    expect(asked).toEqual([false, true])
  })

  test.each([
    ['no keys', []],
    ['keys of another kind', [rsa]],
    ['a point that is not on its curve', [ec]],
    ['a point at infinity', [{ ...ec, x: 'A'.repeat(43), y: 'A'.repeat(43) }]],
  ])('is refused with %s, never left out', async (_, keys) => {
    const client = aClient({ jwks: { keys }, id_token_encrypted_response_alg: 'ECDH-ES' })
    expect(await prepareEncryption(client, 'id_token')).toMatchObject({
      ok: false,
      error: { error: 'temporarily_unavailable', status: 503 },
    })
  })
})
