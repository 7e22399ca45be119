import fc from 'fast-check'
import { base64url, CompactEncrypt, compactDecrypt, generateKeyPair, importJWK, type JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { contentEncryptions, type DecryptionAlg, decryptionAlgs } from '../../src/keys/algorithms.ts'
import { createDecryptJwe } from '../../src/keys/decrypt-jwe.ts'
import type { DecryptionKey } from '../../src/keys/keyring.ts'
import { jweVectors } from './rfc7520-vectors.ts'

const text = 'You can trust us – to the bitter end.'
const pairs = {
  'RSA-OAEP-256': await generateKeyPair('RSA-OAEP-256'),
  'ECDH-ES': await generateKeyPair('ECDH-ES'),
}
const keys = new Map<string, DecryptionKey>(
  decryptionAlgs.map((alg) => [`${alg}-key`, { kid: `${alg}-key`, alg, key: pairs[alg].privateKey }]),
)
const decryptJwe = createDecryptJwe({ keyring: { decryptionKey: async (kid) => keys.get(kid) } })
const withKey = (key: DecryptionKey) =>
  createDecryptJwe({ keyring: { decryptionKey: async (kid) => (kid === key.kid ? key : undefined) } })

interface Header {
  readonly alg: string
  readonly enc: string
  readonly [name: string]: unknown
}
const encrypt = (alg: DecryptionAlg, header: Partial<Header> = {}, content = text) =>
  new CompactEncrypt(new TextEncoder().encode(content))
    .setProtectedHeader({ alg, enc: 'A128CBC-HS256', kid: `${alg}-key`, ...header })
    .encrypt(pairs[alg].publicKey, { crit: { 'https://example.com/x': true } })

/** The JWE with another protected header. */
const withHeader = (jwe: string, change: (header: Record<string, unknown>) => object) => {
  const [encoded = '', ...rest] = jwe.split('.')
  const header = JSON.parse(new TextDecoder().decode(base64url.decode(encoded))) as Record<string, unknown>
  return [base64url.encode(JSON.stringify(change(header))), ...rest].join('.')
}

describe('what is encrypted to us', () => {
  const combinations = decryptionAlgs.flatMap((alg) => contentEncryptions.map((enc) => [alg, enc] as const))
  test.each(combinations)('opens: %s with %s (RFC 7516 §5.2)', async (alg, enc) => {
    expect(await decryptJwe(await encrypt(alg, { enc }))).toBe(text)
  })

  test.each(jweVectors)(
    'RFC 7520 §$section, $alg: opens exactly if we list the algorithm',
    async (vector) => {
      const isListed = decryptionAlgs.some((alg) => alg === vector.alg)
      const jwk = vector.key as JWK | undefined
      const kid = jwk?.kid ?? 'password'
      // As though the row of the key said an algorithm that we list.
      const alg = jwk?.kty === 'EC' ? 'ECDH-ES' : 'RSA-OAEP-256'
      const key = jwk?.kty === 'oct' || !jwk ? pairs['RSA-OAEP-256'].privateKey : await importJWK(jwk, alg)
      const opened = await withKey({ kid, alg, key: key as CryptoKey })(vector.compact)
      expect(opened).toBe(isListed ? vector.plaintext : undefined)
      if (isListed || vector.alg === 'RSA1_5' || !jwk) return
      // The example itself is right: what is refused is its algorithm.
      const { plaintext } = await compactDecrypt(vector.compact, await importJWK(jwk, vector.alg))
      expect(new TextDecoder().decode(plaintext)).toBe(vector.plaintext)
    },
  )
})

describe('what is refused', () => {
  test('a key of somebody else, unknown and missing look the same', async () => {
    const foreign = await generateKeyPair('ECDH-ES')
    const forged = await new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128GCM', kid: 'ECDH-ES-key' })
      .encrypt(foreign.publicKey)
    for (const jwe of [
      forged,
      await encrypt('ECDH-ES', { kid: 'unknown' }),
      await encrypt('ECDH-ES', { kid: undefined }),
      await encrypt('RSA-OAEP-256', { kid: 'x'.repeat(500) }),
    ]) {
      expect(await decryptJwe(jwe)).toBeUndefined()
    }
  })

  test.each(['RSA1_5', 'RSA-OAEP', 'dir', 'PBES2-HS256+A128KW', 'A128KW', 'ECDH-ES+A128KW', 'none', 7, null])(
    'the header asks for %s: the key decides (RFC 8725 §3.1)',
    async (alg) => {
      for (const ours of decryptionAlgs) {
        expect(
          await decryptJwe(withHeader(await encrypt(ours), (header) => ({ ...header, alg }))),
        ).toBeUndefined()
      }
    },
  )

  test('one of our algorithms with the key of the other', async () => {
    const jwe = await encrypt('ECDH-ES', { kid: 'RSA-OAEP-256-key' })
    expect(await decryptJwe(jwe)).toBeUndefined()
  })

  test.each(['A192GCM', 'A192CBC-HS384'])('content encryption that is not listed: %s', async (enc) => {
    expect(await decryptJwe(await encrypt('RSA-OAEP-256', { enc }))).toBeUndefined()
  })

  test('compressed content: a bomb is not even inflated (RFC 8725 §3.6)', async () => {
    const bomb = await encrypt('RSA-OAEP-256', { zip: 'DEF' }, 'a'.repeat(4_000_000))
    expect(bomb.length).toBeLessThan(20_000)
    expect(await decryptJwe(bomb)).toBeUndefined()
    expect(await decryptJwe(await encrypt('ECDH-ES', { zip: 'DEF' }))).toBeUndefined()
  })

  test('critical extensions, even those jose would be told of (RFC 7516 §4.1.13)', async () => {
    const jwe = await encrypt('ECDH-ES', { crit: ['https://example.com/x'], 'https://example.com/x': true })
    expect(await decryptJwe(jwe)).toBeUndefined()
  })

  test('a point that is not on the curve, or is on another (RFC 8725 §3.4)', async () => {
    const jwe = await encrypt('ECDH-ES')
    const other = (await generateKeyPair('ECDH-ES', { crv: 'P-384', extractable: true })).publicKey
    const exported = (await crypto.subtle.exportKey('jwk', other)) as JWK
    const { kty, crv, x, y } = exported
    for (const epk of [
      { kty, crv, x, y },
      { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: `${'A'.repeat(42)}E` },
      { kty: 'EC', crv: 'P-256', x, y },
      { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) },
      'text',
      null,
    ]) {
      expect(await decryptJwe(withHeader(jwe, (header) => ({ ...header, epk })))).toBeUndefined()
    }
  })

  test('a text longer than a form may be', async () => {
    expect(await decryptJwe(await encrypt('RSA-OAEP-256', {}, 'a'.repeat(40_000)))).toHaveLength(40_000)
    expect(await decryptJwe(await encrypt('RSA-OAEP-256', {}, 'a'.repeat(60_000)))).toBeUndefined()
    expect(await decryptJwe(await encrypt('ECDH-ES', { pad: 'a'.repeat(4000) }))).toBeUndefined()
  })

  test('any part changed or spelled otherwise', async () => {
    for (const alg of decryptionAlgs) {
      const jwe = await encrypt(alg)
      const parts = jwe.split('.')
      for (const [at, part] of parts.entries()) {
        if (part === '') continue
        const changed = (part.startsWith('A') ? 'B' : 'A') + part.slice(1)
        expect(await decryptJwe(parts.with(at, changed).join('.'))).toBeUndefined()
      }
      for (const at of parts.keys()) {
        for (const added of ['=', '==', ' ', '\n', '.']) {
          expect(await decryptJwe(parts.with(at, `${parts[at]}${added}`).join('.'))).toBeUndefined()
        }
      }
      expect(await decryptJwe(jwe)).toBe(text)
    }
  })

  test('whatever else comes: nothing throws', async () => {
    const jwe = await encrypt('ECDH-ES')
    const header = fc.record(
      {
        alg: fc.oneof(fc.constantFrom('ECDH-ES', 'RSA-OAEP-256', 'dir'), fc.jsonValue()),
        enc: fc.oneof(fc.constantFrom(...contentEncryptions), fc.jsonValue()),
        kid: fc.oneof(fc.constantFrom(...keys.keys()), fc.jsonValue()),
        epk: fc.jsonValue(),
        apu: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), header), async (made) => {
        const sent = typeof made === 'string' ? made : withHeader(jwe, (whole) => ({ ...whole, ...made }))
        expect(await decryptJwe(sent)).toBe(sent === jwe ? text : undefined)
      }),
      { numRuns: 500, examples: [[{}], ['....'], [''], ['a.b.c.d.e'], [jwe.split('.').slice(1).join('.')]] },
    )
  })
})
