import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBytes, readRequestText } from '../../src/kit/read-body.ts'

/** A stream of `chunks`, and how many of them were asked for and whether the reader gave up. */
function streamOf(chunks: readonly Uint8Array[]) {
  const state = { pulled: 0, cancelled: false }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[state.pulled++]
        if (chunk) controller.enqueue(chunk)
        else controller.close()
      },
      cancel() {
        state.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { body, state }
}

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request('https://example.com/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)

describe('a bounded body', () => {
  it('is all of its bytes, or nothing when they are too many, however they arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 8 }),
        fc.integer({ min: 0, max: 40 }),
        async (chunks, maxBytes) => {
          const all = chunks.flatMap((chunk) => [...chunk])
          const read = await readBytes(streamOf(chunks).body, maxBytes)
          expect(read && [...read]).toEqual(all.length > maxBytes ? undefined : all)
        },
      ),
    )
  })

  it('is not read on when it is too large', async () => {
    const { body, state } = streamOf(Array.from({ length: 100 }, () => new Uint8Array(10)))
    expect(await readBytes(body, 25)).toBeUndefined()
    expect(state).toEqual({ pulled: 3, cancelled: true })
  })

  it('is empty when there is none', async () => {
    expect(await readBytes(null, 0)).toEqual(new Uint8Array())
    expect(await readRequestText(post(''), 0)).toBe('')
  })
})

describe('the text of a request', () => {
  const text = 'grün'

  it('has its limit in bytes, declared or not', async () => {
    const bytes = new TextEncoder().encode(text)
    for (const headers of [{}, { 'content-length': String(bytes.length) }]) {
      expect(await readRequestText(post(bytes, headers), 5)).toBe(text)
      expect(await readRequestText(post(bytes, headers), 4)).toBeUndefined()
    }
  })

  it('joins a character that was cut in two', async () => {
    const bytes = new TextEncoder().encode(text)
    expect(await readRequestText(post(streamOf([bytes.slice(0, 3), bytes.slice(3)]).body), 5)).toBe(text)
  })

  it('is refused when the declared length is no number', async () => {
    expect(await readRequestText(post('a', { 'content-length': 'x' }), 5)).toBeUndefined()
  })
})
