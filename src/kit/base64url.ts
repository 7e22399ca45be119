/** base64url without padding (RFC 4648 §5), using the engine's own encoder where it has one. */
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

/** Decodes base64url. @throws for anything else */
export const decodeBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  base64url.decode(text) as Uint8Array<ArrayBuffer>

/** The UTF-8 bytes of `text` as base64url. */
export const encodeText = (text: string): string => encodeBase64Url(new TextEncoder().encode(text))

/** The inverse of `encodeText`. @throws for anything that is not base64url of UTF-8 */
export const decodeText = (encoded: string): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(base64url.decode(encoded))

/**
 * Groups of four, then optionally two or three characters whose spare bits are zero: every byte string has exactly
 * one encoding.
 */
const canonical = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$/

/** Whether `text` is base64url as RFC 7515 §2 requires: no padding, no white space, no spare bits. */
export const isBase64Url = (text: string): boolean => canonical.test(text)

/**
 * Whether `text` has the form of a signed compact JWS (RFC 7515 §7.1). Decoders are more lenient than the
 * standard: without this check, one signature would have many encodings, and a list of used or revoked tokens by
 * text would miss the others.
 */
export function isCompactJws(text: string): boolean {
  const parts = text.split('.', 4)
  return parts.length === 3 && parts.every((part) => part !== '' && isBase64Url(part))
}
