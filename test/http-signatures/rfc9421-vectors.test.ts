import { describe, expect, it } from 'vitest'
import { checkContentDigest, contentDigest } from '../../src/http-signatures/content-digest.ts'
import { signBytes, verifyBytes } from '../../src/http-signatures/signature-algorithms.ts'
import { signatureBase } from '../../src/http-signatures/signature-base.ts'
import { readSignatureFields } from '../../src/http-signatures/signature-fields.ts'
import { contentDigestSha512, ed25519PrivateKey, vectors } from './rfc9421-vectors.ts'

const helloWorld = Uint8Array.from(new TextEncoder().encode('{"hello": "world"}'))

function readVector(vector: (typeof vectors)[number]) {
  const read = readSignatureFields(
    new Headers({ 'signature-input': vector.input, signature: vector.signature }),
  )
  if (!read?.ok) throw new Error('the vector does not parse')
  const message = { ...vector.message, headers: new Headers(vector.message.headers) }
  const base = signatureBase(message, read.value.input)
  return { ...read.value, base: base.ok ? base.value : base.error }
}

describe('RFC 9421 appendix B', () => {
  it.each(vectors)('$name: the signature base is the published one', (vector) => {
    expect(readVector(vector).base).toBe(vector.base)
  })

  it.each(vectors)('$name: the published signature verifies', async (vector) => {
    const { base, signature } = readVector(vector)
    expect(await verifyBytes(vector.key, base, signature)).toBe(true)
    expect(await verifyBytes(vector.key, `${base} `, signature)).toBe(false)
    signature[0] = (signature[0] ?? 0) ^ 1
    expect(await verifyBytes(vector.key, base, signature)).toBe(false)
  })

  it('B.2.6: our ed25519 signature is the published one, bit for bit', async () => {
    const vector = vectors[2]
    expect(await signBytes(ed25519PrivateKey, vector.base)).toEqual(readVector(vector).signature)
  })

  it('B.2: the Content-Digest of the body is the published one (RFC 9530 §2)', async () => {
    expect(await contentDigest(helloWorld, 'sha-512')).toBe(contentDigestSha512)
    expect(await contentDigest(helloWorld)).toBe('sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:')
    expect(await checkContentDigest(contentDigestSha512, helloWorld)).toBeUndefined()
  })
})
