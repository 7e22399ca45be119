/** base64url without padding (RFC 4648 §5), by the engine's own encoder where it has one. */

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
