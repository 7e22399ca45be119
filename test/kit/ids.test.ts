import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { uuidv7 } from '../../src/kit/ids.ts'

describe('uuidv7 (RFC 9562 §5.7)', () => {
  it('begins with the time, then says its version and variant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (at) => {
        const id = uuidv7(at)
        expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
        expect(Number.parseInt(id.slice(0, 13).replace('-', ''), 16)).toBe(at)
      }),
    )
  })

  it('varies in each of its other digits', () => {
    const ids = Array.from({ length: 400 }, () => uuidv7(0).replaceAll('-', ''))
    for (let digit = 13; digit < 32; digit++) {
      const seen = new Set(ids.map((id) => id[digit]))
      expect(seen.size, `digit ${digit}`).toBe(digit === 16 ? 4 : 16)
    }
  })
})
