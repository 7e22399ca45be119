import jsQR from 'jsqr'
import { TOTP, URI } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { decodeBase32, encodeBase32 } from '../../src/one-time-passwords/base32.ts'
import { enrolledParameters } from '../../src/one-time-passwords/generator.ts'
import { otpauthUri, readOtpauthUri } from '../../src/one-time-passwords/otpauth-uri.ts'
import { drawQrCode } from '../../src/one-time-passwords/qr-code.ts'

const seed = new TextEncoder().encode('12345678901234567890')
const uriOf = (issuer: string, account: string) => otpauthUri({ issuer, account }, enrolledParameters, seed)

const names: readonly (readonly [issuer: string, account: string, shown: string])[] = [
  ['Acme', 'ada@example.com', 'Acme'],
  ['Acme & Söhne?', 'ada+1@example.com', 'Acme & Söhne?'],
  ['Acme: Bank', 'urn:ada', 'Acme Bank'],
  ['بنك', 'آدا', 'بنك'],
  ['🏦 Bank', '👩‍💻', '🏦 Bank'],
  ['50% = #1', 'a/b\\c', '50% = #1'],
  ['A\u0000c\nme', 'ada\ud800', 'Acme'],
]

describe('the address of a generator (Key Uri Format)', () => {
  it.each(names)('is read by another implementation: %j, %j', (issuer, account, shown) => {
    const read = URI.parse(uriOf(issuer, account)) as TOTP
    expect(read).toBeInstanceOf(TOTP)
    expect(read.issuer).toBe(shown)
    expect(read.secret.base32).toBe(encodeBase32(seed))
    expect([read.algorithm, read.digits, read.period]).toEqual(['SHA1', 6, 30])
    expect(read.label).toBe(account.replace(/\p{Cs}/gu, '').replaceAll(':', ' '))
  })

  it.each(names)('reads what another implementation writes: %j, %j', (_, label, issuer) => {
    const other = new TOTP({ issuer, label: label.replace(/\p{Cs}/gu, ''), algorithm: 'SHA512', digits: 8 })
    expect(readOtpauthUri(other.toString())).toEqual({
      ...{ kind: 'totp', secret: other.secret.base32, algorithm: 'SHA512', digits: 8, period_seconds: 30 },
      name: issuer,
    })
  })

  it('reads counters and defaults, and nothing else', () => {
    expect(readOtpauthUri('otpauth://hotp/Acme:ada?secret=ABC&counter=7')).toMatchObject({
      ...{ kind: 'hotp', counter: 7, algorithm: 'SHA1', digits: 6, name: 'Acme' },
    })
    expect(readOtpauthUri('otpauth://totp/%ff?secret=ABC')?.name).toBe('')
    expect(readOtpauthUri('https://totp/Acme?secret=ABC')).toBeUndefined()
    expect(readOtpauthUri('otpauth://totp/Acme')).toBeUndefined()
  })
})

describe('its drawing', () => {
  it.each([...names, ['I'.repeat(500), '名'.repeat(500), ''] as const])(
    'is read by an independent reader: %j, %j',
    (issuer, account) => {
      const uri = uriOf(issuer, account)
      const { size, path } = drawQrCode(uri)
      expect(scan(size, path)).toBe(uri)
    },
  )
})

/** Draws the path in black on white, four pixels a module, and scans the picture. */
function scan(size: number, path: string): string | undefined {
  const scale = 4
  const width = size * scale
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255)
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row++) {
      const from = (row * width + Number(x) * scale) * 4
      for (let at = from; at < from + Number(length) * scale * 4; at += 4) pixels.fill(0, at, at + 3)
    }
  }
  return jsQR(pixels, width, width)?.data
}

describe('base32 (RFC 4648)', () => {
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('%j is %j (§10)', (text, encoded) => {
    const bytes = new TextEncoder().encode(text)
    expect(encodeBase32(bytes)).toBe(encoded)
    expect(decodeBase32(encoded)).toEqual(bytes)
  })

  it('is read as people and systems write it, and nothing else is', () => {
    const bytes = new TextEncoder().encode('foobar')
    expect(decodeBase32('mzxw 6ytb-oi======')).toEqual(bytes)
    for (const text of ['M', 'MZX', 'MZXW6Y', 'MZXW61', 'MZ=XQ', 'é'])
      expect(decodeBase32(text)).toBeUndefined()
  })
})
