import { fromBase64url } from '@authly-server/core'
import { invalidConfiguration } from '../errors.ts'

const option = 'sessionSecret'
const howToMake = 'make one with: openssl rand -base64 32 | tr "+/" "-_" | tr -d "="'

/**
 * The secrets as bytes, the one that seals first. Whoever guesses one signs in as anybody.
 * @param given one text with commas, or a list
 * @throws AuthlyError `invalid_configuration`
 */
export function readSecrets(
  given: string | readonly string[] | undefined,
): readonly Uint8Array<ArrayBuffer>[] {
  const texts = [given ?? []].flatMap((each) => (typeof each === 'string' ? each.split(',') : each))
  const secrets = texts.map((text) => text.trim()).filter((text) => text !== '')
  if (secrets.length === 0)
    throw invalidConfiguration(option, `is missing: pass it, or set AUTHLY_SESSION_SECRET; ${howToMake}`)
  return secrets.map(decode)
}

function decode(secret: string): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = fromBase64url(secret.replace(/=+$/, ''))
  } catch {
    throw invalidConfiguration(option, `is not base64url; ${howToMake}`)
  }
  if (bytes.length < 32)
    throw invalidConfiguration(option, `has ${bytes.length} bytes and needs 32; ${howToMake}`)
  // 32 random bytes with so few different ones do not happen; a placeholder does.
  if (new Set(bytes).size < 12) throw invalidConfiguration(option, `is not random; ${howToMake}`)
  return bytes
}
