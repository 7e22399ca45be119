/** Base32 (RFC 4648 §6), the form in which seeds of generators are written down. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Encodes bytes, without padding: the Key Uri Format omits it. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(buffer >>> bits) & 31]
    }
    buffer &= (1 << bits) - 1
  }
  return bits > 0 ? text + alphabet[(buffer << (5 - bits)) & 31] : text
}

/**
 * Decodes what systems and people write: lower case, spaces, dashes and padding are accepted.
 * @returns undefined for other characters, and for a length that no byte string has
 */
export function decodeBase32(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replace(/[\s-]/g, '').replace(/=+$/, '').toUpperCase()
  // One, three or six digits beyond whole groups stand for no whole number of bytes.
  if (!/^[A-Z2-7]*$/.test(digits) || [1, 3, 6].includes(digits.length % 8)) return undefined
  const bytes = new Uint8Array(Math.floor((digits.length * 5) / 8))
  let buffer = 0
  let bits = 0
  let at = 0
  for (const digit of digits) {
    buffer = (buffer << 5) | alphabet.indexOf(digit)
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = buffer >>> bits
      buffer &= (1 << bits) - 1
    }
  }
  return bytes
}
