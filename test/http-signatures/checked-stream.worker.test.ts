import { describe, expect, test } from 'vitest'
import { checkedStream } from '../../src/http-signatures/checked-stream.ts'
import { contentDigest } from '../../src/http-signatures/content-digest.ts'

const bytes = Uint8Array.from(new TextEncoder().encode('line 1\nline 2\n'.repeat(20_000)))
const chunked = (body: Uint8Array) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < body.length; at += 10_007) controller.enqueue(body.slice(at, at + 10_007))
      controller.close()
    },
  })
const read = async (body: Uint8Array, field: string | null) =>
  new Uint8Array(await new Response(checkedStream(chunked(body), field)).arrayBuffer())

describe('the body of a signed upload (RFC 9530)', () => {
  test.each(['sha-256', 'sha-512'] as const)('passes when it fits its %s digest', async (algorithm) => {
    expect(await read(bytes, await contentDigest(bytes, algorithm))).toEqual(bytes)
  })

  test.each([
    ['changed', () => bytes.with(200_000, 0)],
    ['cut', () => bytes.slice(0, -1)],
    ['longer', () => new Uint8Array([...bytes, 10])],
    ['empty', () => new Uint8Array()],
  ])('%s: ends in an error instead of its end', async (_name, change) => {
    const field = await contentDigest(bytes)
    await expect(read(change(), field)).rejects.toThrow(/Content-Digest/)
  })

  test('must fit every digest that is stated, and at least one must be', async () => {
    const field = `${await contentDigest(bytes)}, sha-512=:AAAA:`
    await expect(read(bytes, field)).rejects.toThrow(/Content-Digest/)
    await expect(read(bytes, 'md5=:AAAA:')).rejects.toThrow(/Content-Digest/)
    await expect(read(bytes, null)).rejects.toThrow(/Content-Digest/)
  })
})
