import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readImageHeader } from '../../src/branding/read-image-header.ts'

const bytes = (...parts: (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string' ? [...part].map((letter) => letter.charCodeAt(0)) : [...part],
    ),
  )

/** A real picture of one pixel, as encoders write it. */
const png = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (letter) => letter.charCodeAt(0),
)
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const riff = (...chunk: (string | readonly number[])[]) => bytes('RIFF', [0, 0, 0, 0], 'WEBP', ...chunk)
const size = [10, 0, 0, 0]
const jpegStart = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0]
const frameOf = (marker: number) => [0xff, marker, 0, 17, 8, 0x01, 0x40, 0x02, 0x80, 3]

describe('the header of a picture', () => {
  test.each([
    ['a real PNG', png, { type: 'image/png', width: 1, height: 1 }],
    [
      'PNG, wide',
      bytes(signature, [0, 0, 0, 13], 'IHDR', [0, 0, 2, 0, 0, 0, 0, 64]),
      { type: 'image/png', width: 512, height: 64 },
    ],
    ['JPEG', bytes(jpegStart, frameOf(0xc0)), { type: 'image/jpeg', width: 640, height: 320 }],
    ['JPEG, progressive', bytes(jpegStart, frameOf(0xc2)), { type: 'image/jpeg', width: 640, height: 320 }],
    [
      'JPEG with fill bytes and a Huffman table first',
      bytes(jpegStart, [0xff, 0xff, 0xc4, 0, 3, 9], frameOf(0xc1)),
      { type: 'image/jpeg', width: 640, height: 320 },
    ],
    [
      'WebP, lossy',
      riff('VP8 ', size, [0, 0, 0, 0x9d, 0x01, 0x2a, 0x2c, 0x41, 0x64, 0x00]),
      { type: 'image/webp', width: 300, height: 100 },
    ],
    [
      'WebP, lossless',
      riff('VP8L', size, [0x2f, 0x2b, 0xc1, 0x18, 0x00]),
      { type: 'image/webp', width: 300, height: 100 },
    ],
    [
      'WebP, extended',
      riff('VP8X', size, [0x10, 0, 0, 0, 0x2b, 1, 0, 0x63, 0, 0]),
      { type: 'image/webp', width: 300, height: 100 },
    ],
  ])('%s', (_, content, header) => {
    expect(readImageHeader(content)).toEqual(header)
  })

  test.each([
    ['nothing', bytes()],
    ['SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['HTML', bytes('<!doctype html><script>alert(1)</script>')],
    ['GIF', bytes('GIF89a', [1, 0, 1, 0, 0, 0, 0])],
    ['a PNG without IHDR', bytes(signature, [0, 0, 0, 13], 'IDAT', [0, 0, 0, 1, 0, 0, 0, 1])],
    ['a PNG without pixels', bytes(signature, [0, 0, 0, 13], 'IHDR', [0, 0, 0, 0, 0, 0, 0, 1])],
    ['a PNG that is cut off', png.slice(0, 20)],
    ['a JPEG without a frame', bytes(jpegStart, [0xff, 0xda, 0, 2])],
    ['a JPEG whose segment goes nowhere', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0])],
    ['a JPEG that is cut off', bytes(jpegStart)],
    ['an animated WebP', riff('VP8X', size, [0x12, 0, 0, 0, 0x2b, 1, 0, 0x63, 0, 0])],
    ['a sound', bytes('RIFF', [0, 0, 0, 0], 'WAVE', 'fmt ', size)],
  ])('%s is refused', (_, content) => {
    expect(readImageHeader(content)).toBeUndefined()
  })

  test('any bytes are answered, none throws or runs for ever', () => {
    const starts = [signature, jpegStart, [...bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8X')], []]
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        const header = readImageHeader(bytes(start, [...rest]))
        if (header) expect(Math.min(header.width, header.height)).toBeGreaterThan(0)
      }),
      { numRuns: 2000 },
    )
  })
})
