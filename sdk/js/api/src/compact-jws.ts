const form = /^[\w-]+\.[\w-]+\.[\w-]+$/
/** The last characters that a group of two or three may have: all spare bits are zero (RFC 4648 §3.5). */
const lastOfTwo = /[AQgw]$/
const lastOfThree = /[AEIMQUYcgkosw048]$/

/**
 * Whether a text is a compact JWS (RFC 7515 §7.1), each part in the one spelling that base64url has for its bytes.
 * Attack: decoders are lenient, so a token on a list of revoked ones, or a proof that was used, would count again in
 * another spelling.
 */
export function isCompactJws(text: string): boolean {
  return form.test(text) && text.split('.').every(isCanonical)
}

function isCanonical(part: string): boolean {
  switch (part.length % 4) {
    case 0:
      return true
    case 2:
      return lastOfTwo.test(part)
    case 3:
      return lastOfThree.test(part)
    default:
      return false
  }
}
