/** base64url without padding (RFC 4648 §5), by the engine's own encoder where it has one. */
import { base64url } from 'jose'

interface NativeEncoder {
  toBase64?(options: { alphabet: 'base64url'; omitPadding: true }): string
}

/** Encodes bytes. */
export function encodeBase64Url(bytes: Uint8Array): string {
  const native = bytes as Uint8Array & NativeEncoder
  if (native.toBase64) return native.toBase64({ alphabet: 'base64url', omitPadding: true })
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Text as base64url of its UTF-8 bytes. */
export const encodeText = (text: string): string => encodeBase64Url(new TextEncoder().encode(text))

/** The text behind `encodeText`. @throws for anything that is not base64url of UTF-8 */
export const decodeText = (encoded: string): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(base64url.decode(encoded))

/** Whole groups of four, then two or three characters whose spare bits are zero: every byte string has one spelling. */
const canonical = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$/

/** Whether `text` is base64url as RFC 7515 §2 wants it: no padding, no white space, no spare bits. */
export const isBase64Url = (text: string): boolean => canonical.test(text)

/**
 * Whether `text` is spelled like a signed compact JWS (RFC 7515 §7.1). Decoders are more lenient than the standard:
 * without this, one signature had many spellings, and a list of spent or revoked tokens by text would miss the others.
 */
export function isCompactJws(text: string): boolean {
  const parts = text.split('.', 4)
  return parts.length === 3 && parts.every((part) => part !== '' && isBase64Url(part))
}
