import { describe, expect, test, vi } from 'vitest'
import { argon2Hasher } from '../../../src/passwords/argon2.ts'
import { madeElsewhere } from './made-elsewhere.ts'
import { firebase, published } from './published-hashes.ts'
import { isDear, storedOf } from './stored-of.ts'

const staple = 'correct horse battery staple'

describe('hashes of other systems', () => {
  test.each([...published, ...madeElsewhere].filter(([, , given]) => !isDear(given)))(
    '%s: the password opens it, another does not, and it is renewed',
    async (_, password, given) => {
      const stored = storedOf(given)
      expect(stored).toBeTypeOf('string')
      expect(await argon2Hasher.verify(password, stored)).toBe(true)
      expect(await argon2Hasher.verify(`${password}x`, stored)).toBe(false)
      expect(argon2Hasher.needsRehash(stored as string)).toBe(true)
    },
  )

  test('Firebase: the published example opens, and the project’s signer key is not stored', async () => {
    const stored = storedOf(firebase) as string
    expect(stored).not.toContain(firebase.signer_key.slice(0, 20))
    expect(await argon2Hasher.verify('user1password', stored)).toBe(true)
    expect(await argon2Hasher.verify('user2password', stored)).toBe(false)
    expect(argon2Hasher.needsRehash(stored)).toBe(true)
  })

  test('a password is tried as it was typed, then in our normal form (RFC 8265 §4.2)', async () => {
    // "é" composed (NFC), as most systems got it; typed decomposed on a Mac.
    const nfc = storedOf('$2y$06$sRvqCKFPeXhESWrKl2E7HOCf9osi1t14cbX45xtFVXPlhk4A3aU1O')
    expect(await argon2Hasher.verify('caf\u00e9-au-lait', nfc)).toBe(true)
    expect(await argon2Hasher.verify('cafe\u0301-au-lait', nfc)).toBe(true)
  })

  test('no call to WebCrypto exceeds the 100,000 iterations that Workers allow in production', async () => {
    const derive = vi.spyOn(crypto.subtle, 'deriveBits')
    const key = 'bEpkaq0Q0Get1ft52QeKFtqD1Q+BZwqOdZOySebZSTY'
    for (const iterations of [1000, 100_000, 100_001]) {
      await argon2Hasher.verify(staple, `$pbkdf2-sha256$i=${iterations}$MDEyMzQ1Njc4OWFiY2RlZg$${key}`)
    }
    const asked = derive.mock.calls.map(([algorithm]) => (algorithm as { iterations: number }).iterations)
    derive.mockRestore()
    expect(asked).toEqual([1000, 100_000])
  })
})
